/* Records a camera to a Matroska file for some seconds, or until Ctrl-C, and
 * says what happens to the connection.
 *
 *     cc record.c -o record $(pkg-config --cflags --libs gstreamer-1.0)
 *     GST_PLUGIN_PATH=folder-with-the-plugin ./record URL FILE [SECONDS]
 */

#include <glib-unix.h>
#include <gst/gst.h>
#include <locale.h>
#include <stdlib.h>

struct recorder {
    GstElement *pipeline;
    GMainLoop *loop;
    gboolean failed;
};

/* Called by the thread that reads from the camera. */
static void on_connection_state(GObject *camera, GParamSpec *property, gpointer data)
{
    GValue state = G_VALUE_INIT;
    gchar *name;

    (void)data;
    g_value_init(&state, property->value_type);
    g_object_get_property(camera, property->name, &state);
    name = gst_value_serialize(&state);
    g_print("connection: %s\n", name);
    g_free(name);
    g_value_unset(&state);
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer data)
{
    struct recorder *recorder = data;
    GError *error = NULL;
    gchar *text;

    (void)bus;
    switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
        g_main_loop_quit(recorder->loop);
        break;
    case GST_MESSAGE_ERROR:
        gst_message_parse_error(message, &error, NULL);
        g_printerr("error: %s\n", error->message);
        g_error_free(error);
        recorder->failed = TRUE;
        g_main_loop_quit(recorder->loop);
        break;
    case GST_MESSAGE_WARNING:
        /* The camera is away; the element tries again by itself. */
        gst_message_parse_warning(message, &error, NULL);
        g_printerr("warning: %s\n", error->message);
        g_error_free(error);
        break;
    case GST_MESSAGE_ELEMENT:
        text = gst_structure_to_string(gst_message_get_structure(message));
        g_print("message: %s\n", text);
        g_free(text);
        break;
    default:
        break;
    }
    return G_SOURCE_CONTINUE;
}

/* The muxer finishes the file when the end of the stream reaches it. A second Ctrl-C
 * finds no handler any more and ends the program at once. */
static gboolean on_end(gpointer data)
{
    struct recorder *recorder = data;

    gst_element_send_event(recorder->pipeline, gst_event_new_eos());
    return G_SOURCE_REMOVE;
}

static GstElement *make_pipeline(const char *url, const char *file, GError **error)
{
    GstElement *pipeline = gst_parse_launch(
        "mjpeghttpsrc name=camera ! matroskamux ! filesink name=file", error);
    GstElement *camera, *sink;

    if (*error != NULL) {
        gst_clear_object(&pipeline);
        return NULL;
    }
    /* As properties, so that nothing in them is taken for pipeline syntax. */
    camera = gst_bin_get_by_name(GST_BIN(pipeline), "camera");
    g_object_set(camera, "location", url, NULL);
    g_signal_connect(camera, "notify::connection-state", G_CALLBACK(on_connection_state), NULL);
    gst_object_unref(camera);
    sink = gst_bin_get_by_name(GST_BIN(pipeline), "file");
    g_object_set(sink, "location", file, NULL);
    gst_object_unref(sink);
    return pipeline;
}

int main(int argc, char **argv)
{
    struct recorder recorder = {NULL, NULL, FALSE};
    GError *error = NULL;
    GstBus *bus;

    setlocale(LC_ALL, "");
    gst_init(&argc, &argv);
    if (argc < 3 || argc > 4) {
        g_printerr("Usage: %s URL FILE [SECONDS]\n", argv[0]);
        return EXIT_FAILURE;
    }
    recorder.pipeline = make_pipeline(argv[1], argv[2], &error);
    if (recorder.pipeline == NULL) {
        g_printerr("error: %s\n", error->message);
        g_error_free(error);
        return EXIT_FAILURE;
    }
    recorder.loop = g_main_loop_new(NULL, FALSE);
    bus = gst_element_get_bus(recorder.pipeline);
    gst_bus_add_watch(bus, on_message, &recorder);
    g_unix_signal_add(SIGINT, on_end, &recorder);
    if (argc == 4)
        g_timeout_add_seconds((guint)strtoul(argv[3], NULL, 10), on_end, &recorder);

    /* Where the start fails, the bus says why. */
    gst_element_set_state(recorder.pipeline, GST_STATE_PLAYING);
    g_main_loop_run(recorder.loop);
    gst_element_set_state(recorder.pipeline, GST_STATE_NULL);

    gst_bus_remove_watch(bus);
    gst_object_unref(bus);
    gst_object_unref(recorder.pipeline);
    g_main_loop_unref(recorder.loop);
    return recorder.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
