//! Segments to download. Only what the index names is given out, from where it has to be.

use std::io::Result as IoResult;
use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, Take};

use super::Shared;
use super::index::Segment;
use super::recorded::ask;
use super::routes::Refusal;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let (segment, path) = find(&shared, id).await?;
    let gone = |_| Refusal::nothing(GONE);
    let file = File::open(path).await.map_err(gone)?;
    // Of one that grows what there is now.
    let length = file.metadata().await.map_err(gone)?.len();
    let pieces = stream::unfold(Some(file.take(length)), async |file| match piece(file?).await {
        Ok((piece, _)) if piece.is_empty() => None,
        Ok((piece, file)) => Some((Ok(piece), Some(file))),
        Err(error) => Some((Err(error), None)),
    });
    let fields = [
        (header::CONTENT_TYPE, "video/x-matroska".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, disposition(&segment)),
    ];
    Ok((fields, Body::from_stream(pieces)).into_response())
}

async fn piece(mut file: Take<File>) -> IoResult<(Bytes, Take<File>)> {
    let mut piece = BytesMut::with_capacity(PIECE);
    file.read_buf(&mut piece).await?;
    Ok((piece.freeze(), file))
}

const GONE: &str = "there is no such segment any more";

/// The segment and its file.
pub(super) async fn find(shared: &Arc<Shared>, id: i64) -> Result<(Segment, PathBuf), Refusal> {
    let segment = ask(shared, move |index| index.segment(id)).await?;
    let segment = segment.ok_or(Refusal::nothing(GONE))?;
    let path = path(&shared.folder, &segment).ok_or(Refusal::nothing(GONE))?;
    // Neither a link to another place nor a pipe that nobody writes to.
    let about = tokio::fs::symlink_metadata(&path).await;
    match about {
        Ok(about) if about.is_file() => Ok((segment, path)),
        _ => Err(Refusal::nothing(GONE)),
    }
}

/// Below the folder, whatever the index says.
fn path(folder: &FilePath, segment: &Segment) -> Option<PathBuf> {
    let is_name = |text: &str| {
        let mut parts = FilePath::new(text).components();
        matches!((parts.next(), parts.next()), (Some(Component::Normal(name)), None) if name == text)
    };
    let (camera, file) = (segment.camera.as_str(), segment.file.as_str());
    (is_name(camera) && is_name(file)).then(|| folder.join(camera).join(file))
}

/// The name for the file (RFC 6266), with the camera's in front.
fn disposition(segment: &Segment) -> String {
    let name = format!("{} {}", segment.camera, segment.file);
    format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(&name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::super::time::Time;
    use super::*;

    fn segment(camera: &str, file: &str) -> Segment {
        Segment {
            id: 1,
            camera: camera.into(),
            file: file.into(),
            began: Time(0),
            ended: Time(0),
            camera_began: None,
            pictures: 0,
            bytes: 0,
            growing: false,
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = FilePath::new("/recordings");
        assert_eq!(
            path(folder, &segment("front door", "2026.mkv")),
            Some("/recordings/front door/2026.mkv".into())
        );
        for wrong in ["", ".", "..", "../door", "/etc", "a/b", "a/", "./a"] {
            assert_eq!(path(folder, &segment(wrong, "2026.mkv")), None, "{wrong:?}");
            assert_eq!(path(folder, &segment("door", wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_name_to_save_by_is_plain_whatever_the_camera_is_called() {
        assert_eq!(
            disposition(&segment("門\"", "2026.mkv")),
            "attachment; filename*=UTF-8''%E9%96%80%22%202026%2Emkv"
        );
    }
}
