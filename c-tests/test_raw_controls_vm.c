/*
 * VM: raw controls on the kernel's camera simulator (vivid): the list; what is set and read back; and
 * what another process sets, which is told within 100 ms, at rest and while frames flow, with the times
 * as a table; also of a camera that was unplugged and came back.
 */
#include "plug.h"

#include <linux/videodev2.h>
#include <sys/ioctl.h>

/* What was told last. */
struct heard {
    pthread_mutex_t lock;
    int count;
    uint32_t id;
    int64_t value, ns;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void hear(camera_input *input, const camera_input_event *event, void *user_data)
{
    struct heard *heard = user_data;
    int64_t now = now_ns();
    (void)input;
    if (event->type != CAMERA_INPUT_EVENT_TYPE_CONTROL)
        return;
    pthread_mutex_lock(&heard->lock);
    heard->count++;
    heard->id = event->control;
    heard->value = event->value;
    heard->ns = now;
    pthread_mutex_unlock(&heard->lock);
}

static int count_of(struct heard *heard)
{
    pthread_mutex_lock(&heard->lock);
    int count = heard->count;
    pthread_mutex_unlock(&heard->lock);
    return count;
}

/* --- another process ------------------------------------------------------------------------ */

/* The first camera, whichever number its node has: after each return it is another. */
static int open_first(void)
{
    for (int number = 0; number < 64; number++) {
        struct v4l2_capability card;
        char path[32];
        snprintf(path, sizeof path, "/dev/video%d", number);
        int file = open(path, O_RDWR | O_CLOEXEC);
        if (file >= 0 && ioctl(file, VIDIOC_QUERYCAP, &card) == 0 && strcmp((const char *)card.bus_info, "platform:vivid-000") == 0)
            return file;
        if (file >= 0)
            close(file);
    }
    FAIL("the camera has no node");
}

/* Sets the brightness of the first camera when it is told to, and answers when it did. */
struct other {
    pid_t process;
    int ask, answer;
};

/* To be called before this process has threads of the library. */
static struct other other_process(void)
{
    int ask[2], answer[2];
    CHECK(pipe(ask) == 0 && pipe(answer) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct v4l2_control control = {.id = V4L2_CID_BRIGHTNESS};
        close(ask[1]);
        while (read(ask[0], &control.value, sizeof control.value) == sizeof control.value) {
            int file = open_first();
            int64_t before = now_ns();
            CHECK(ioctl(file, VIDIOC_S_CTRL, &control) == 0);
            CHECK(write(answer[1], &before, sizeof before) == sizeof before);
            close(file);
        }
        _exit(0);
    }
    close(ask[0]);
    close(answer[1]);
    return (struct other){child, ask[1], answer[0]};
}

/* When it began to. */
static int64_t let_set(struct other *other, int32_t value)
{
    int64_t before;
    CHECK(write(other->ask, &value, sizeof value) == sizeof value);
    CHECK(read(other->answer, &before, sizeof before) == sizeof before);
    return before;
}

/* With v4l2-ctl; when it had ended. */
static int64_t let_v4l2_ctl_set(int32_t value)
{
    char command[100];
    snprintf(command, sizeof command, "v4l2-ctl -d %s -c brightness=%d", nodes[0], (int)value);
    CHECK_EQ(system(command), 0);
    return now_ns();
}

static void end_other(struct other *other)
{
    close(other->ask);
    CHECK_EQ(t_wait("the other process", other->process), 0);
    close(other->answer);
}

/* --- a camera in use ------------------------------------------------------------------------ */

struct use {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_session *session;
    struct heard heard;
};

static void begin(struct use *use, bool streaming)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener;
    memset(use, 0, sizeof *use);
    pthread_mutex_init(&use->heard.lock, NULL);
    use->manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    struct ids ids = ids_of(use->manager);
    OK(camera_manager_create_input(use->manager, ids.at[0], &use->input));
    OK(camera_input_open(use->input));
    OK(camera_input_add_listener(use->input, hear, &use->heard, NULL, &listener));
    OK(camera_input_set_control(use->input, V4L2_CID_BRIGHTNESS, 128));
    OK(camera_input_watch_control(use->input, V4L2_CID_BRIGHTNESS, true));
    if (!streaming)
        return;
    use->surface = t_surface(use->manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *preview = t_preview(use->manager, T_YUYV, 320, 180, use->surface);
    use->session = t_session(use->manager);
    options.reattach = 1;
    OK(camera_session_set_options(use->session, &options));
    OK(camera_session_begin_config(use->session));
    OK(camera_session_add_input(use->session, use->input));
    OK(camera_session_add_output(use->session, preview));
    OK(camera_session_commit_config(use->session));
    OK(camera_session_start(use->session));
    OK(camera_frame_release(t_frame(use->surface)));
}

/* Waits for one more event than `before`, which is of this value. */
static int64_t told(struct use *use, int before, int32_t value)
{
    WAIT_UNTIL(count_of(&use->heard) > before);
    CHECK_EQ(count_of(&use->heard), before + 1);
    CHECK(use->heard.id == V4L2_CID_BRIGHTNESS && use->heard.value == value);
    return use->heard.ns;
}

/* --- cases ---------------------------------------------------------------------------------- */

static void the_list(void)
{
    struct use use;
    plugged_in();
    begin(&use, false);
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    int count = 0, menus = 0, set = 0, texts = 0;
    for (uint32_t before = 0;; before = control.id, count++) {
        OK(camera_input_get_next_control(use.input, before, &control));
        if (control.id == 0)
            break;
        CHECK(control.id > before && control.name[0]);
        uint32_t items = 0;
        OK(camera_input_get_control_menu_count(use.input, control.id, &items));
        bool menu = control.type == CAMERA_CONTROL_TYPE_MENU || control.type == CAMERA_CONTROL_TYPE_INTEGER_MENU;
        CHECK(menu == (items > 0));
        menus += menu;
        for (uint32_t i = 0; i < items; i++) {
            camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
            OK(camera_input_get_control_menu_item(use.input, control.id, i, &item));
            CHECK(item.name[0] && (int64_t)item.index <= control.maximum);
        }
        /* What is as it was changes nothing, but shows what can be read and set. */
        char text[200];
        int64_t value;
        if (control.type == CAMERA_CONTROL_TYPE_TEXT && camera_input_get_control_text(use.input, control.id, text, sizeof text, NULL) == 0)
            texts++;
        else if (control.type <= CAMERA_CONTROL_TYPE_INTEGER_MENU && control.type != CAMERA_CONTROL_TYPE_BUTTON &&
                 camera_input_get_control(use.input, control.id, &value) == 0 &&
                 !(control.flags & (CAMERA_CONTROL_READ_ONLY | CAMERA_CONTROL_VOLATILE | CAMERA_CONTROL_INACTIVE)) &&
                 camera_input_set_control(use.input, control.id, value) == 0)
            set++;
    }
    printf("TABLE vivid has %d controls, %d menus, %d texts; %d were read and set\n", count, menus, texts, set);
    CHECK(count > 20 && menus > 2 && set > 15 && texts > 0);
    int64_t value;
    CHECK_CODE(camera_input_set_control(use.input, V4L2_CID_BRIGHTNESS, 256), 101);
    CHECK_CODE(camera_input_set_control(use.input, V4L2_CID_BRIGHTNESS, -1), 101);
    OK(camera_input_get_control(use.input, V4L2_CID_BRIGHTNESS, &value));
    CHECK_EQ(value, 128);
    CHECK_CODE(camera_input_set_control(use.input, V4L2_CID_FOCUS_ABSOLUTE, 0), 102);
    CHECK_EQ(count_of(&use.heard), 0);
    OK(camera_manager_release(use.manager));
}

static void others_are_told(bool streaming)
{
    enum { CHANGES = 20, RUNS_OF_V4L2_CTL = 3 };
    struct use use;
    plugged_in();
    struct other other = other_process();
    int64_t worst = 0, sum = 0, late = INT64_MIN;
    begin(&use, streaming);
    for (int i = 0; i < CHANGES; i++) {
        int before = count_of(&use.heard);
        int64_t from = let_set(&other, 40 + i);
        int64_t delay = told(&use, before, 40 + i) - from;
        worst = delay > worst ? delay : worst;
        sum += delay;
        t_sleep_ms(7 * (i % 6)); /* anywhere between two frames */
    }
    /* What this process sets is not told; it is read at once. */
    int before = count_of(&use.heard);
    OK(camera_input_set_control(use.input, V4L2_CID_BRIGHTNESS, 99));
    for (int i = 0; i < RUNS_OF_V4L2_CTL; i++) {
        int64_t ended = let_v4l2_ctl_set(150 + i);
        int64_t behind = told(&use, before++, 150 + i) - ended;
        late = behind > late ? behind : late;
    }
    int64_t value;
    OK(camera_input_get_control(use.input, V4L2_CID_BRIGHTNESS, &value));
    CHECK_EQ(value, 150 + RUNS_OF_V4L2_CTL - 1);
    printf("TABLE set by another process, %-18s told after %.1f ms on average, %.1f at most; v4l2-ctl: %.1f ms %s its end\n",
           streaming ? "while frames flow:" : "at rest:", (double)sum / CHANGES / 1e6, (double)worst / 1e6,
           (double)llabs(late) / 1e6, late > 0 ? "after" : "before");
    EXPECT(worst < 100000000 && late < 100000000, "told too late");
    /* Nobody watches: nothing is told. */
    OK(camera_input_watch_control(use.input, V4L2_CID_BRIGHTNESS, false));
    let_set(&other, 77);
    t_sleep_ms(300);
    CHECK_EQ(count_of(&use.heard), before);
    OK(camera_manager_release(use.manager));
    end_other(&other);
}

static void at_rest(void) { others_are_told(false); }
static void while_frames_flow(void) { others_are_told(true); }

static void the_watch_comes_back(void)
{
    struct use use;
    plugged_in();
    struct other other = other_process();
    begin(&use, true);
    for (int round = 0; round < 3; round++) {
        plug(false);
        int64_t value;
        WAIT_UNTIL(camera_input_get_control(use.input, V4L2_CID_BRIGHTNESS, &value) == 7400108);
        CHECK_CODE(camera_input_watch_control(use.input, V4L2_CID_CONTRAST, true), 108);
        plug(true);
        WAIT_UNTIL(camera_input_get_control(use.input, V4L2_CID_BRIGHTNESS, &value) == 0);
        camera_frame *frame = t_frame(use.surface);
        OK(camera_frame_release(frame));
        int before = count_of(&use.heard);
        int64_t from = let_set(&other, 60 + round);
        int64_t delay = told(&use, before, 60 + round) - from;
        printf("TABLE after the camera came back: told after %.1f ms\n", (double)delay / 1e6);
        EXPECT(delay < 100000000, "told too late");
    }
    OK(camera_session_release(use.session));
    OK(camera_manager_release(use.manager));
    end_other(&other);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(the_list),
        CASE(at_rest),
        CASE(while_frames_flow),
        CASE(the_watch_comes_back),
    };
    if (!getenv("CAMERA_TEST_VM")) {
        printf("needs the kernel's camera simulator: make test-vm\n");
        return 77;
    }
    int result = t_main(argc, argv, cases, T_COUNT(cases));
    plugged_in(); /* for the tests that follow */
    return result;
}
