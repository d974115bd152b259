/*
 * test_process_end.c: a process ends while everything runs, in every way in which it can, and its exit
 * code is its own; the child of a fork() is refused by every function and harms nobody.
 *
 * The processes that end are this program, started anew with the name of the way.
 */
#include "t_handles.h"

#include <sys/types.h>

/* --- ends of a process -------------------------------------------------------------------------- */

enum { EXIT_CODE = 42 };

static camera_manager *busy;
static struct t_rig rigs[2];
static camera_recorder *recorder;

static void end_by_exit(void) { exit(EXIT_CODE); }
static void end_by__exit(void) { _exit(EXIT_CODE); }
static void end_by_return(void) {}

static void *exit_later(void *argument)
{
    (void)argument;
    t_sleep_ms(30);
    exit(EXIT_CODE);
}

/* The main thread ends, and the process goes on until another ends it. */
static void end_of_the_main_thread(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, exit_later, NULL) == 0);
    pthread_exit(NULL);
}

static void end_from_another_thread(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, exit_later, NULL) == 0);
    for (;;)
        (void)camera_output_take_photo(rigs[0].photo, NULL, -1, &(camera_photo *){NULL});
}

static void exit_in_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    exit(EXIT_CODE);
}

static void exit_in_completion(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
    exit(EXIT_CODE);
}

static bool dispatches;

static void wait_for_ever(void)
{
    for (;;) {
        if (dispatches)
            (void)camera_manager_dispatch(busy, NULL);
        t_sleep_ms(1);
    }
}

static void end_in_a_frame_callback(void)
{
    OK(camera_surface_set_callback(rigs[0].view, exit_in_frame, NULL, NULL));
    wait_for_ever();
}

static void end_in_a_completion(void)
{
    ACCEPT(camera_session_stop_async(rigs[0].session, exit_in_completion, NULL));
    wait_for_ever();
}

static void release_at_exit(void)
{
    OK(camera_manager_release(busy));
}

static void end_with_a_release_in_atexit(void)
{
    CHECK(atexit(release_at_exit) == 0);
    exit(EXIT_CODE);
}

static const struct {
    const char *name;
    void (*end)(void);
} ends[] = {
    {"exit", end_by_exit},
    {"_exit", end_by__exit},
    {"return", end_by_return},
    {"end of the main thread", end_of_the_main_thread},
    {"exit of another thread", end_from_another_thread},
    {"exit in a frame callback", end_in_a_frame_callback},
    {"exit in a completion", end_in_a_completion},
    {"release in atexit", end_with_a_release_in_atexit},
};

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
}
static void on_completion(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
}

/* Two sessions with callbacks, a recording, captures and operations that wait. */
static void run_everything(const char *way, bool caller)
{
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_surface *surface = NULL;
    alarm((unsigned)t_limit());
    dispatches = caller;
    busy = t_manager_of("virtual:2", caller ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY);
    options.path = "/dev/null";
    OK(camera_manager_create_recorder(busy, &options, &recorder));
    OK(camera_recorder_get_surface(recorder, &surface));
    OK(camera_recorder_start(recorder));
    for (int i = 0; i < 2; i++) {
        rigs[i] = t_rig_in(busy, i, STARTED);
        OK(camera_surface_set_callback(rigs[i].tape, on_frame, NULL, NULL));
        OK(camera_output_start(rigs[i].video));
        OK(camera_output_capture(rigs[i].photo, NULL));
        OK(camera_frame_release(t_frame(rigs[i].view)));
    }
    for (int i = 0; i < 20; i++)
        ACCEPT(camera_output_capture_async(rigs[1].photo, NULL, on_completion, NULL));
    for (size_t i = 0; i < T_COUNT(ends); i++)
        if (strcmp(ends[i].name, way) == 0)
            ends[i].end();
}

/* Not /proc/self/exe itself: under valgrind that is valgrind, although it is never shown as such. */
static const char *own_path(void)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    CHECK(length > 0);
    path[length] = '\0';
    return path;
}

static void a_process_ends_while_everything_runs(void)
{
    for (size_t i = 0; i < T_COUNT(ends); i++) {
        for (int caller = 0; caller < 2; caller++) {
            int status = 0;
            pid_t child = fork();
            CHECK(child >= 0);
            if (child == 0) {
                setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* nothing is given back, by intention */
                execl(own_path(), "process_end", "--end", ends[i].name, caller ? "caller" : "library", (char *)NULL);
                _exit(1);
            }
            CHECK(waitpid(child, &status, 0) == child);
            if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_CODE)
                t_note(__FILE__, __LINE__, "%s, the %s dispatches: signal %d, code %d", ends[i].name,
                       caller ? "application" : "library", WIFSIGNALED(status) ? WTERMSIG(status) : 0, WEXITSTATUS(status));
        }
    }
}

/* --- fork --------------------------------------------------------------------------------------- */

static void on_error(int32_t code, const char *detail, void *user_data) { (void)code, (void)detail, (void)user_data; }
static void on_manager(camera_manager *m, const camera_manager_event *e, void *d) { (void)m, (void)e, (void)d; }
static void on_input(camera_input *i, const camera_input_event *e, void *d) { (void)i, (void)e, (void)d; }
static void on_output(camera_output *o, const camera_output_event *e, void *d) { (void)o, (void)e, (void)d; }
static void on_photo(camera_output *o, uint32_t i, int32_t c, const char *t, camera_photo *p, void *d)
{
    (void)o, (void)i, (void)c, (void)t, (void)p, (void)d;
}
static void on_session(camera_session *s, const camera_session_event *e, void *d) { (void)s, (void)e, (void)d; }
static void on_recorder(camera_recorder *r, const camera_recorder_event *e, void *d) { (void)r, (void)e, (void)d; }

/* Every function, of objects that its parent has: none does anything, and none waits for a thread that
   is not here. */
static void call_everything(void)
{
    static const int32_t face = CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION;
    camera_profile profile = t_profile(T_YUYV, 320, 240);
    camera_profile jpeg = t_profile(CAMERA_FORMAT_JPEG, 320, 240);
    camera_session_options session_options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener = 0;
    size_t needed = 0;
    prepare_out();
#define REFUSED(call) CHECK_CODE(call, 201)
    REFUSED(camera_manager_create(NULL, (camera_manager **)&out.handle));
    REFUSED(camera_manager_set_log_callback(manager, CAMERA_LOG_LEVEL_DEBUG, NULL, NULL, NULL));
    REFUSED(camera_manager_set_detector(manager, NULL, NULL, NULL, NULL));
    REFUSED(camera_manager_get_dispatch_fd(manager, &out.fd));
    REFUSED(camera_manager_dispatch(manager, &out.count));
    REFUSED(camera_manager_list_cameras(manager, (camera_list **)&out.handle));
    REFUSED(camera_manager_get_capability(manager, "virtual:0", 1, (camera_capability **)&out.handle));
    REFUSED(camera_manager_create_input(manager, "virtual:0", (camera_input **)&out.handle));
    REFUSED(camera_manager_create_input_by_position(manager, 0, 0, (camera_input **)&out.handle));
    REFUSED(camera_manager_create_surface(manager, NULL, (camera_surface **)&out.handle));
    REFUSED(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, (camera_session **)&out.handle));
    REFUSED(camera_manager_create_preview_output(manager, &profile, live[SURFACE], (camera_output **)&out.handle));
    REFUSED(camera_manager_create_deferred_preview_output(manager, &profile, (camera_output **)&out.handle));
    REFUSED(camera_manager_create_photo_output(manager, &jpeg, NULL, (camera_output **)&out.handle));
    profile.min_frame_rate = profile.max_frame_rate = 30;
    REFUSED(camera_manager_create_video_output(manager, &profile, live[SURFACE], (camera_output **)&out.handle));
    REFUSED(camera_manager_create_metadata_output(manager, &face, 1, (camera_output **)&out.handle));
    REFUSED(camera_manager_create_recorder(manager, &tape, (camera_recorder **)&out.handle));
    REFUSED(camera_manager_add_listener(manager, on_manager, NULL, NULL, &listener));
    REFUSED(camera_manager_remove_listener(manager, 1));
    REFUSED(camera_list_get_count(live[LIST], &out.count));
    REFUSED(camera_list_get(live[LIST], 0, &out.description));
    REFUSED(camera_list_release(live[LIST]));
    REFUSED(camera_capability_get_profile_count(live[CAPABILITY], CAMERA_OUTPUT_KIND_PREVIEW, &out.count));
    REFUSED(camera_capability_get_profile(live[CAPABILITY], CAMERA_OUTPUT_KIND_PREVIEW, 0, &out.profile));
    REFUSED(camera_capability_get_metadata_type_count(live[CAPABILITY], &out.count));
    REFUSED(camera_capability_get_metadata_type(live[CAPABILITY], 0, &out.state));
    REFUSED(camera_capability_release(live[CAPABILITY]));
    REFUSED(camera_input_open(live[INPUT]));
    REFUSED(camera_input_open_async(live[INPUT], on_completion, NULL));
    REFUSED(camera_input_close(live[INPUT]));
    REFUSED(camera_input_close_async(live[INPUT], on_completion, NULL));
    REFUSED(camera_input_add_listener(live[INPUT], on_input, NULL, NULL, &listener));
    REFUSED(camera_input_remove_listener(live[INPUT], 1));
    REFUSED(camera_input_release(live[INPUT]));
    REFUSED(camera_surface_set_callback(live[SURFACE], on_frame, NULL, NULL));
    REFUSED(camera_surface_acquire(live[SURFACE], -1, (camera_frame **)&out.handle));
    REFUSED(camera_surface_get_fd(live[SURFACE], &out.fd));
    REFUSED(camera_surface_get_statistics(live[SURFACE], &out.statistics));
    REFUSED(camera_surface_release(live[SURFACE]));
    REFUSED(camera_output_add_deferred_surface(live[PREVIEW], live[SURFACE]));
    REFUSED(camera_output_set_frame_rate(live[PREVIEW], 30, 30));
    REFUSED(camera_output_start(live[PREVIEW]));
    REFUSED(camera_output_start_async(live[PREVIEW], on_completion, NULL));
    REFUSED(camera_output_stop(live[PREVIEW]));
    REFUSED(camera_output_stop_async(live[PREVIEW], on_completion, NULL));
    REFUSED(camera_output_add_listener(live[PREVIEW], on_output, NULL, NULL, &listener));
    REFUSED(camera_output_remove_listener(live[PREVIEW], 1));
    REFUSED(camera_output_get_statistics(live[PREVIEW], &out.counts));
    REFUSED(camera_output_add_metadata_types(live[PREVIEW], &face, 1));
    REFUSED(camera_output_remove_metadata_types(live[PREVIEW], &face, 1));
    REFUSED(camera_output_capture(live[PHOTO_OUTPUT], NULL));
    REFUSED(camera_output_capture_async(live[PHOTO_OUTPUT], NULL, on_completion, NULL));
    REFUSED(camera_output_take_photo(live[PHOTO_OUTPUT], NULL, -1, (camera_photo **)&out.handle));
    REFUSED(camera_output_add_photo_listener(live[PHOTO_OUTPUT], on_photo, NULL, NULL, &listener));
    REFUSED(camera_output_release_async(live[PREVIEW], on_completion, NULL));
    REFUSED(camera_output_release(live[PHOTO_OUTPUT]));
    REFUSED(camera_session_get_state(live[SESSION], &out.state));
    REFUSED(camera_session_set_options(live[SESSION], &session_options));
    REFUSED(camera_session_begin_config(live[SESSION]));
    REFUSED(camera_session_can_add_input(live[SESSION], live[INPUT], &out.answer));
    REFUSED(camera_session_add_input(live[SESSION], live[INPUT]));
    REFUSED(camera_session_remove_input(live[SESSION], live[INPUT]));
    REFUSED(camera_session_can_add_output(live[SESSION], live[PREVIEW], &out.answer));
    REFUSED(camera_session_add_output(live[SESSION], live[PREVIEW]));
    REFUSED(camera_session_remove_output(live[SESSION], live[PREVIEW]));
    REFUSED(camera_session_explain_config(live[SESSION], out.text, sizeof out.text, &needed));
    REFUSED(camera_session_commit_config(live[SESSION]));
    REFUSED(camera_session_commit_config_async(live[SESSION], on_completion, NULL));
    REFUSED(camera_session_start(live[SESSION]));
    REFUSED(camera_session_start_async(live[SESSION], on_completion, NULL));
    REFUSED(camera_session_stop(live[SESSION]));
    REFUSED(camera_session_stop_async(live[SESSION], on_completion, NULL));
    REFUSED(camera_session_add_error_listener(live[SESSION], on_error, NULL, NULL, &listener));
    REFUSED(camera_session_add_listener(live[SESSION], on_session, NULL, NULL, &listener));
    REFUSED(camera_session_remove_listener(live[SESSION], 1));
    REFUSED(camera_session_release(live[SESSION]));
    REFUSED(camera_session_release_async(live[SESSION], on_completion, NULL));
    REFUSED(camera_frame_retain(live[FRAME]));
    REFUSED(camera_frame_get_info(live[FRAME], &out.frame));
    REFUSED(camera_frame_get_plane(live[FRAME], 0, &out.plane));
    REFUSED(camera_frame_release(live[FRAME]));
    REFUSED(camera_photo_retain(live[PHOTO]));
    REFUSED(camera_photo_get_info(live[PHOTO], &out.photo));
    REFUSED(camera_photo_save(live[PHOTO], "/nonexistent/a.jpg"));
    REFUSED(camera_photo_release(live[PHOTO]));
    REFUSED(camera_recorder_get_surface(live[RECORDER], (camera_surface **)&out.handle));
    REFUSED(camera_recorder_get_state(live[RECORDER], &out.state));
    REFUSED(camera_recorder_get_statistics(live[RECORDER], &out.recorded));
    REFUSED(camera_recorder_add_listener(live[RECORDER], on_recorder, NULL, NULL, &listener));
    REFUSED(camera_recorder_remove_listener(live[RECORDER], 1));
    REFUSED(camera_recorder_start(live[RECORDER]));
    REFUSED(camera_recorder_start_async(live[RECORDER], on_completion, NULL));
    REFUSED(camera_recorder_pause(live[RECORDER]));
    REFUSED(camera_recorder_pause_async(live[RECORDER], on_completion, NULL));
    REFUSED(camera_recorder_resume(live[RECORDER]));
    REFUSED(camera_recorder_resume_async(live[RECORDER], on_completion, NULL));
    REFUSED(camera_recorder_stop(live[RECORDER]));
    REFUSED(camera_recorder_stop_async(live[RECORDER], on_completion, NULL));
    REFUSED(camera_recorder_release(live[RECORDER]));
    REFUSED(camera_recorder_release_async(live[RECORDER], on_completion, NULL));
    REFUSED(camera_manager_release(manager));
    /* What belongs to no object goes on. */
    CHECK_EQ(camera_version(), CAMERA_SESSION_VERSION);
    CHECK(strstr(camera_error_detail(), "fork") != NULL);
}

static void *fork_there(void *argument)
{
    int status = 0;
    pid_t child = fork();
    (void)argument;
    CHECK(child >= 0);
    if (child == 0) {
        alarm((unsigned)t_limit());
        call_everything();
        /* Not exit(): checkers would look for the memory of threads that are not here. */
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return NULL;
}

/* A child is forked at any moment, by any thread; it may hold the locks of threads that it has not. */
static void every_function_refuses_in_a_child(void)
{
    begin();
    struct t_rig rig = t_rig_in(manager, 1, STARTED);
    for (long round = 0; round < t_scaled(20); round++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, fork_there, NULL) == 0);
        fork_there(NULL);
        CHECK(pthread_join(thread, NULL) == 0);
        OK(camera_frame_release(t_frame(rig.view))); /* the parent's go on */
    }
    t_rig_release(&rig);
    end();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(a_process_ends_while_everything_runs),
        CASE(every_function_refuses_in_a_child),
    };
    if (argc == 4 && strcmp(argv[1], "--end") == 0) {
        run_everything(argv[2], strcmp(argv[3], "caller") == 0);
        return EXIT_CODE;
    }
    return t_main(argc, argv, cases, T_COUNT(cases));
}
