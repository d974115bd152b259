/*
 * VM: sessions that open their camera again when it comes back, on the kernel's camera simulator
 * (vivid): its driver taken from its devices and given back while frames flow, over and over, with
 * one memory for each frame and with several; another process that is quicker; and a device that
 * answers ENODEV although its node is there.
 */
#include "plug.h"

#include <linux/videodev2.h>
#include <sys/ioctl.h>

struct seen {
    pthread_mutex_t lock;
    int losses, returns, refusals;
    bool told_by_call; /* the loss was, and no event */
    char detail[400];
};

struct use {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview, *photo;
    camera_session *session;
    struct seen seen;
};

static void on_session(camera_session *session, const camera_session_event *event, void *user_data)
{
    struct seen *seen = user_data;
    (void)session;
    pthread_mutex_lock(&seen->lock);
    if (event->type == CAMERA_SESSION_EVENT_TYPE_REATTACHED) {
        seen->returns++;
        CHECK(seen->told_by_call || seen->losses == seen->returns);
        printf("  back after %d ms, %u running\n", (int)event->away_ms, event->running);
    } else if (event->code == 7400108) {
        seen->losses++;
        CHECK_EQ(seen->losses, seen->returns + 1);
    } else if (event->type == CAMERA_SESSION_EVENT_TYPE_ERROR) {
        seen->refusals++;
        CHECK_EQ(event->code, 7400107);
        snprintf(seen->detail, sizeof seen->detail, "%s", event->detail);
    }
    pthread_mutex_unlock(&seen->lock);
}

static int get(struct use *use, const int *value)
{
    pthread_mutex_lock(&use->seen.lock);
    int copy = *value;
    pthread_mutex_unlock(&use->seen.lock);
    return copy;
}

static void begin(struct use *use, int camera)
{
    static const uint32_t formats[] = {T_YUYV, CAMERA_FOURCC('N', 'M', '1', '2')};
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener = 0;
    plugged_in();
    memset(use, 0, sizeof *use);
    pthread_mutex_init(&use->seen.lock, NULL);
    use->manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(use->manager);
    OK(camera_manager_create_input(use->manager, ids.at[camera], &use->input));
    OK(camera_input_open(use->input));
    use->surface = t_surface(use->manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    use->preview = t_preview(use->manager, formats[camera], 320, 180, use->surface);
    use->photo = t_photo(use->manager, 320, 180, NULL);
    use->session = t_session(use->manager);
    options.reattach = 1;
    OK(camera_session_set_options(use->session, &options));
    OK(camera_session_add_listener(use->session, on_session, &use->seen, NULL, &listener));
    OK(camera_session_begin_config(use->session));
    OK(camera_session_add_input(use->session, use->input));
    OK(camera_session_add_output(use->session, use->preview));
    OK(camera_session_add_output(use->session, use->photo));
    OK(camera_session_commit_config(use->session));
    OK(camera_session_start(use->session));
}

static void end(struct use *use)
{
    OK(camera_session_stop(use->session));
    OK(camera_session_release(use->session));
    OK(camera_manager_release(use->manager));
}

/* Takes frames until the camera has come back this often; answers the next number. */
static uint64_t watch_until(struct use *use, int returns, uint64_t next)
{
    bool resumed = false;
    while (!resumed) {
        camera_frame *frame = t_frame(use->surface);
        camera_frame_info info = t_info(frame);
        CHECK(info.sequence >= next);
        /* One at least is missing, so that nobody takes them for neighbours. */
        if (info.flags & CAMERA_FRAME_RESUMED)
            CHECK(next == 0 || info.sequence > next);
        /* That very frame may have been dropped for newer ones. */
        resumed = info.flags & CAMERA_FRAME_RESUMED || get(use, &use->seen.returns) == returns;
        next = info.sequence + 1;
        OK(camera_frame_release(frame));
    }
    WAIT_UNTIL(get(use, &use->seen.returns) == returns);
    return next;
}

static void back_again_and_again(int camera)
{
    struct use use;
    begin(&use, camera);
    camera_frame *held = t_frame(use.surface);
    uint64_t next = t_info(held).sequence + 1;
    for (int round = 1; round <= 4; round++) {
        plug(false);
        WAIT_UNTIL(get(&use, &use.seen.losses) == round);
        CHECK_CODE(camera_output_capture(use.photo, NULL), 108);
        plug(true);
        next = watch_until(&use, round, next);
        camera_photo *photo = NULL;
        OK(camera_output_take_photo(use.photo, NULL, (int32_t)(t_limit() * 800), &photo));
        OK(camera_photo_release(photo));
    }
    CHECK_EQ(get(&use, &use.seen.refusals), 0);
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(held, 0, &plane));
    CHECK(plane.length > 0);
    end(&use);
    OK(camera_frame_release(held));
}

static void with_one_memory(void) { back_again_and_again(0); }
static void with_several_memories(void) { back_again_and_again(1); }

/* Lost while nothing flows and nobody listens to cameras: the next start finds it out. */
static void the_next_start_opens_it_again(void)
{
    struct use use;
    begin(&use, 0);
    OK(camera_session_stop(use.session));
    plug(false);
    plug(true);
    OK(camera_session_start(use.session));
    CHECK(get(&use, &use.seen.losses) == 0 && get(&use, &use.seen.returns) == 0);
    uint64_t arrived = t_statistics(use.surface).arrived;
    WAIT_UNTIL(t_statistics(use.surface).arrived > arrived + 3);
    OK(camera_session_stop(use.session));
    plug(false);
    use.seen.told_by_call = true;
    CHECK_CODE(camera_session_start(use.session), 108);
    plug(true);
    WAIT_UNTIL(get(&use, &use.seen.returns) == 1);
    OK(camera_session_start(use.session));
    end(&use);
}

/* Another process has the buffers of the camera when it is back, for three seconds. */
static void another_process_is_quicker(void)
{
    struct use use;
    int go[2];
    char byte = 0;
    CHECK(pipe(go) == 0);
    pid_t child = fork(); /* before this process has threads of the library */
    CHECK(child >= 0);
    if (child == 0) {
        struct v4l2_requestbuffers buffers = {.count = 2, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        int file = -1;
        CHECK(read(go[0], &byte, 1) == 1);
        /* Quicker for sure: the other does not run meanwhile. */
        CHECK(kill(getppid(), SIGSTOP) == 0);
        plug(true);
        CHECK((file = open(nodes[0], O_RDWR)) >= 0 && ioctl(file, VIDIOC_REQBUFS, &buffers) == 0);
        CHECK(kill(getppid(), SIGCONT) == 0);
        t_sleep_ms(3000);
        _exit(0);
    }
    begin(&use, 0);
    OK(camera_frame_release(t_frame(use.surface)));
    plug(false);
    WAIT_UNTIL(get(&use, &use.seen.losses) == 1);
    CHECK(write(go[1], &byte, 1) == 1);
    WAIT_UNTIL(get(&use, &use.seen.returns) == 1);
    /* It is ours at last, and we were told once who had it. */
    CHECK_EQ(get(&use, &use.seen.refusals), 1);
    printf("  %s\n", use.seen.detail);
    char holder[40];
    snprintf(holder, sizeof holder, "(process %d)", (int)child);
    CHECK(strstr(use.seen.detail, holder) != NULL);
    uint64_t arrived = t_statistics(use.surface).arrived;
    WAIT_UNTIL(t_statistics(use.surface).arrived > arrived + 3);
    kill(child, SIGKILL);
    CHECK(waitpid(child, NULL, 0) == child);
    close(go[0]);
    close(go[1]);
    end(&use);
}

/* The node stays, every call answers ENODEV until the last one who has the device open lets go: the
   session does, so that it comes back. */
static void gone_with_its_node_in_place(void)
{
    struct use use;
    begin(&use, 0);
    OK(camera_frame_release(t_frame(use.surface)));
    CHECK_EQ(system("v4l2-ctl -d /dev/video0 -c disconnect=1"), 0);
    (void)watch_until(&use, 1, 0);
    end(&use);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(with_one_memory),
        CASE(with_several_memories),
        CASE(the_next_start_opens_it_again),
        CASE(another_process_is_quicker),
        CASE(gone_with_its_node_in_place),
    };
    if (getenv("CAMERA_TEST_VM") == NULL) {
        printf("needs the vivid driver: make test-vm runs it in a virtual machine\n");
        return 77;
    }
    unsetenv("CAMERA_SESSION_CAMERAS");
    int result = t_main(argc, argv, cases, T_COUNT(cases));
    plugged_in(); /* for the tests that follow */
    return result;
}
