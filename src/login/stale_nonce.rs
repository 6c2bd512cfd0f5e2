//! A nonce that is too old (`stale=true`, RFC 7616 §3.3): the login is right, and goes out
//! again with the new nonce.

use super::offer::{Kind, Offer};

/// Whether the nonce was renewed in this dialogue: a camera that calls each nonce stale
/// would be answered for ever.
#[derive(Debug, Default)]
pub(super) struct StaleNonce {
    is_renewed: bool,
}

impl StaleNonce {
    /// The offer with a new nonce for `tried`, whose own the camera calls stale; once.
    pub(super) fn renew(&mut self, tried: Kind, offers: &[Offer]) -> Option<Offer> {
        let offer = offers.iter().find(|offer| offer.kind() == tried && offer.is_stale())?;
        (!std::mem::replace(&mut self.is_renewed, true)).then(|| offer.clone())
    }
}
