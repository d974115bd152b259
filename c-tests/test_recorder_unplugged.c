/*
 * VM: the camera is unplugged while it is recorded, on the kernel's camera simulator (vivid), with
 * one memory for each frame and with several: the session says that it is gone, the recorder waits
 * for frames that do not come, and the file has all that came.
 */
#include "t_recorder.h"

static struct t_results errors = T_RESULTS_INIT;

static void on_error(int32_t code, const char *detail, void *user_data)
{
    t_completion(code, detail, user_data);
}

static void unplugged(const char *variable, uint32_t format)
{
    const char *device = getenv(variable);
    CHECK(device != NULL);
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_list *list = NULL;
    camera_input *input = NULL;
    uint64_t listener = 0;
    char command[300];

    OK(camera_manager_list_cameras(manager, &list));
    for (uint32_t i = 0; strcmp(camera.path, device) != 0; i++)
        OK(camera_list_get(list, i, &camera));
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    struct t_rec rec = {manager, input, t_session(manager), NULL, t_recorder(manager, 0, t_path("a.mkv")), NULL, T_EVENTS_INIT};
    t_rec_listen(&rec);
    rec.video = t_preview(manager, format, 320, 180, t_recorder_surface(rec.recorder));
    OK(camera_session_add_error_listener(rec.session, on_error, t_ticket(&errors, 0), NULL, &listener));
    OK(camera_session_begin_config(rec.session));
    OK(camera_session_add_input(rec.session, rec.input));
    OK(camera_session_add_output(rec.session, rec.video));
    OK(camera_session_commit_config(rec.session));
    OK(camera_recorder_start(rec.recorder));
    OK(camera_session_start(rec.session));
    T_WAIT_FOR_FRAMES(rec.recorder, 10);
    snprintf(command, sizeof command, "v4l2-ctl -d %s -c disconnect=1", device);
    CHECK_EQ(system(command), 0);
    WAIT_UNTIL(t_result_count(&errors) == 1);
    CHECK_EQ(errors.at[0].code, 7400108);
    CHECK_EQ(t_recorder_state(rec.recorder), CAMERA_RECORDER_STATE_RECORDING);
    OK(camera_recorder_stop(rec.recorder));
    WAIT_UNTIL(t_event_count(&rec.events) == 1);
    camera_recorder_statistics counts = rec.events.at[0].statistics;
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK(rec.events.at[0].type == T_STOPPED && counts.frames >= 10);
    CHECK(file->finished && file->frames == counts.frames && file->size == counts.bytes && file->cues >= 1);
    for (size_t i = 1; i < file->frames; i++)
        CHECK(file->at[i].ms > file->at[i - 1].ms);
    t_decodes(t_path("a.mkv"), counts.frames);
    OK(camera_manager_release(manager));
    t_folder_remove();
}

static void single_planar(void) { unplugged("CAMERA_TEST_DEVICE", T_YUYV); }
static void multi_planar(void) { unplugged("CAMERA_TEST_DEVICE_MPLANE", CAMERA_FOURCC('N', 'M', '1', '2')); }

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {CASE(single_planar), CASE(multi_planar)};
    if (getenv("CAMERA_TEST_VM") == NULL) {
        printf("needs the vivid driver: make test-vm runs it in a virtual machine\n");
        return 77;
    }
    return t_main(argc, argv, cases, T_COUNT(cases));
}
