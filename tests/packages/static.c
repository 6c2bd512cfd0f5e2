/* A program with the plugin linked in, as those for telephones and the like are. */
#include <gst/gst.h>

void gst_plugin_mjpeghttp_register(void);

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    gst_plugin_mjpeghttp_register();
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch(argv[1], &error);
    if (error != NULL) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GstMessage *end = gst_bus_timed_pop_filtered(gst_element_get_bus(pipeline), 60 * GST_SECOND,
                                                 GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return end != NULL && GST_MESSAGE_TYPE(end) == GST_MESSAGE_EOS ? 0 : 1;
}
