/*
 * VM: time goes on as it does: somebody sets the clock while everything runs, and the machine is put to
 * sleep. Both would disturb others, so this runs in the virtual machine only: with a device of the kernel's
 * simulator (vivid) and a virtual camera side by side.
 *
 * Asleep is either that all processes are stopped (/sys/power/pm_test, "freezer") while CLOCK_MONOTONIC goes
 * on, which is the harder case for time-outs and the watchdog; or a suspend with everything but the firmware's
 * part ("core"): devices suspended, processors off, CLOCK_MONOTONIC standing still and the other clocks ahead
 * afterwards. For that the machine's files need the module scripts/vm/awake.c (CAMERA_TEST_AWAKE).
 */
#include "t_status.h"
#include "t_vivid.h"

enum { DEVICE, VIRTUAL, BOTH };
enum { RATE = 15, SILENCE_MS = 1000 };

/* --- two cameras that run ----------------------------------------------------------------------- */

struct run {
    camera_surface *surface;
    camera_output *preview, *photo;
    camera_session *session;
    uint64_t frames, sequence, gaps;
    int64_t timestamp;
    int ends;
};

static camera_manager *manager;
static struct run runs[BOTH];
static struct t_diary diary = T_DIARY_INIT;

static void on_output(camera_output *output, const camera_output_event *event, void *user_data)
{
    (void)output;
    if (event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_END)
        __atomic_add_fetch(&((struct run *)user_data)->ends, 1, __ATOMIC_SEQ_CST);
}

static void start(const char *id, uint32_t height, struct run *run)
{
    camera_input *input = NULL;
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    uint64_t listener = 0;
    options.silence_ms = SILENCE_MS;
    OK(camera_manager_create_input(manager, id, &input));
    OK(camera_input_open(input));
    run->surface = t_surface(manager, 64, CAMERA_SURFACE_POLICY_DROP_NEWEST, 8);
    run->preview = t_preview(manager, T_YUYV, 320, height, run->surface);
    run->photo = t_photo(manager, 320, height, NULL);
    run->session = t_session(manager);
    OK(camera_session_set_options(run->session, &options));
    OK(camera_session_add_error_listener(run->session, t_on_session, &diary, NULL, &listener));
    OK(camera_output_add_listener(run->preview, on_output, run, NULL, &listener));
    OK(camera_session_begin_config(run->session));
    OK(camera_session_add_input(run->session, input));
    OK(camera_session_add_output(run->session, run->preview));
    OK(camera_session_add_output(run->session, run->photo));
    OK(camera_output_set_frame_rate(run->preview, RATE, RATE));
    OK(camera_session_commit_config(run->session));
    OK(camera_session_start(run->session));
}

static void start_both(void)
{
    camera_list *list = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    vivid_plugged_in();
    manager = t_manager_of("v4l2,virtual", CAMERA_DISPATCH_LIBRARY);
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get(list, 0, &camera));
    OK(camera_list_release(list));
    start(camera.id, 180, &runs[DEVICE]);
    start("virtual:0", 240, &runs[VIRTUAL]);
}

/* The next frames: numbers and times rise, and the time does not leap by more than so much. */
static void take(struct run *run, int count, int64_t most_ns)
{
    for (int i = 0; i < count; i++, run->frames++) {
        camera_frame *frame = t_frame(run->surface);
        camera_frame_info info = t_info(frame);
        if (run->frames > 0) {
            CHECK(info.sequence > run->sequence && info.timestamp_ns > run->timestamp);
            run->gaps += info.sequence - run->sequence - 1;
            if (info.timestamp_ns - run->timestamp > most_ns)
                FAIL("%d ms between two frames", (int)((info.timestamp_ns - run->timestamp) / 1000000));
        }
        CHECK(!(info.flags & (CAMERA_FRAME_TIMESTAMP_ESTIMATED | CAMERA_FRAME_RESUMED)));
        run->sequence = info.sequence;
        run->timestamp = info.timestamp_ns;
        OK(camera_frame_release(frame));
    }
}

static void take_both(int count, int64_t most_ns)
{
    take(&runs[DEVICE], count, most_ns);
    take(&runs[VIRTUAL], count, most_ns);
}

/* Nothing was told, no run ended, and what is counted as lost is what is missing. */
static void check_undisturbed(void)
{
    for (int i = 0; i < BOTH; i++) {
        camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
        /* What waits in the surface may have gaps of its own. */
        OK(camera_session_stop(runs[i].session));
        for (camera_frame *frame = NULL; OK(camera_surface_acquire(runs[i].surface, 0, &frame)), frame != NULL;) {
            camera_frame_info info = t_info(frame);
            runs[i].gaps += info.sequence - runs[i].sequence - 1;
            runs[i].sequence = info.sequence;
            OK(camera_frame_release(frame));
        }
        OK(camera_output_get_statistics(runs[i].preview, &counts));
        printf("TABLE   %s: %d delivered, %d lost, %d dropped, %d missing\n", i == DEVICE ? "vivid" : "virtual camera",
               (int)counts.delivered, (int)counts.lost, (int)counts.dropped, (int)runs[i].gaps);
        CHECK_EQ(counts.lost + counts.dropped, runs[i].gaps);
        CHECK_EQ(counts.corrupt, 0);
        WAIT_UNTIL(__atomic_load_n(&runs[i].ends, __ATOMIC_SEQ_CST) == 1); /* that of the stop */
    }
    t_print(&diary, 0);
    CHECK_EQ(t_entered(&diary), 0);
}

/* --- the clock is set --------------------------------------------------------------------------- */

static void step_clock(time_t seconds)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    now.tv_sec += seconds;
    CHECK(clock_settime(CLOCK_REALTIME, &now) == 0);
}

/* The first date and time in the photo's EXIF data. */
static time_t time_of_photo(camera_photo *photo)
{
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_photo_get_info(photo, &info));
    const char *bytes = info.data;
    for (size_t at = 0; at + 20 <= info.length && at < 4096; at++) {
        struct tm tm;
        char text[20];
        memcpy(text, bytes + at, 19);
        text[19] = '\0';
        memset(&tm, 0, sizeof tm);
        tm.tm_isdst = -1;
        if (sscanf(text, "%4d:%2d:%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) == 6 && tm.tm_year > 2000) {
            tm.tm_year -= 1900;
            tm.tm_mon--;
            return mktime(&tm);
        }
    }
    FAIL("the photo has no date");
    return 0;
}

static void check_photos(void)
{
    for (int i = 0; i < BOTH; i++) {
        camera_photo *photo = NULL;
        OK(camera_output_take_photo(runs[i].photo, NULL, 20000, &photo));
        time_t off = time(NULL) - time_of_photo(photo);
        if (off < -2 || off > 5)
            FAIL("the photo is dated %ld seconds before the present", (long)off);
        OK(camera_photo_release(photo));
    }
}

enum { WAIT_MS = 1500 };

/* Waits for a frame that never comes, with a time-out; answers after how many milliseconds it was over. */
static void *wait_for_nothing(void *surface)
{
    camera_frame *frame = NULL;
    int64_t begin = t_now_ms();
    OK(camera_surface_acquire(surface, WAIT_MS, &frame));
    CHECK(frame == NULL);
    return (void *)(intptr_t)(t_now_ms() - begin);
}

static void nobody_is_disturbed_when_the_clock_is_set(void)
{
    static const time_t steps[] = {3600, -7200, 3600};
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_recorder_statistics recorded = CAMERA_RECORDER_STATISTICS_INIT;
    camera_recorder *recorder = NULL;
    camera_surface *tape = NULL, *empty;
    int64_t begin = t_now_ms();
    start_both();
    /* A recording of a third camera. */
    struct t_rig rig = {.manager = manager};
    OK(camera_manager_create_recorder(manager, &(camera_recorder_options){sizeof options, 0, "/tmp/clock.mkv", -1, 0, 0, 0}, &recorder));
    OK(camera_recorder_get_surface(recorder, &tape));
    camera_manager *other = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    rig.input = t_input(other, 0, true);
    rig.video = t_video(other, T_YUYV, 320, 240, RATE, RATE, tape);
    rig.session = t_session(other);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.video));
    OK(camera_session_commit_config(rig.session));
    OK(camera_recorder_start(recorder));
    OK(camera_session_start(rig.session));
    OK(camera_output_start(rig.video));
    empty = t_surface(manager, 1, CAMERA_SURFACE_POLICY_DROP_OLDEST, 1);
    take_both(5, 1000000000);
    for (size_t i = 0; i < T_COUNT(steps); i++) {
        pthread_t thread;
        void *waited = NULL;
        CHECK(pthread_create(&thread, NULL, wait_for_nothing, empty) == 0);
        t_sleep_ms(50);
        step_clock(steps[i]);
        take_both(15, 1000000000);
        check_photos();
        CHECK(pthread_join(thread, &waited) == 0);
        printf("TABLE clock set by %ld s: a wait of %d ms took %d ms\n", (long)steps[i], WAIT_MS, (int)(intptr_t)waited);
        CHECK((intptr_t)waited >= WAIT_MS && (intptr_t)waited < WAIT_MS + 1000);
    }
    OK(camera_recorder_stop(recorder));
    OK(camera_recorder_get_statistics(recorder, &recorded));
    printf("TABLE   recorded: %d ms of %d\n", (int)(recorded.duration_ns / 1000000), (int)(t_now_ms() - begin));
    CHECK(recorded.duration_ns / 1000000 > 3 * WAIT_MS && (int64_t)recorded.duration_ns / 1000000 < t_now_ms() - begin);
    check_undisturbed();
    OK(camera_manager_release(other));
    OK(camera_manager_release(manager));
}

/* --- sleep -------------------------------------------------------------------------------------- */

static bool write_to(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
    if (file >= 0)
        close(file);
    return done;
}

static int64_t ms_of(clockid_t clock)
{
    struct timespec now;
    CHECK(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* For longer than a camera may be silent. The kernel counts loops for seconds there, and in an emulated
   machine they are of any length. */
static void fall_asleep(bool deep)
{
    int64_t slept = 0;
    for (int seconds = 8; slept < 2 * SILENCE_MS && seconds <= 64; seconds *= 2) {
        char delay[20];
        snprintf(delay, sizeof delay, "%d", seconds);
        int64_t begin = ms_of(CLOCK_MONOTONIC), begin_boot = ms_of(CLOCK_BOOTTIME);
        CHECK(write_to("/sys/module/suspend/parameters/pm_test_delay", delay));
        CHECK(write_to("/sys/power/pm_test", deep ? "core" : "freezer"));
        CHECK(write_to("/sys/power/state", deep ? "mem" : "freeze"));
        CHECK(write_to("/sys/power/pm_test", "none"));
        slept = ms_of(CLOCK_BOOTTIME) - begin_boot;
        int64_t noticed = ms_of(CLOCK_MONOTONIC) - begin;
        printf("TABLE asleep for %d ms, %d ms of them by CLOCK_MONOTONIC\n", (int)slept, (int)noticed);
        CHECK(!deep || noticed < slept || slept < 1000);
        if (slept < 2 * SILENCE_MS)
            take(&runs[VIRTUAL], 10, INT64_MAX);
    }
    CHECK(slept >= 2 * SILENCE_MS);
}

/* Nobody is called silent for having slept, and numbers go on. */
static void everything_goes_on_after(bool deep)
{
    pthread_t thread;
    void *waited = NULL;
    start_both();
    camera_surface *empty = t_surface(manager, 1, CAMERA_SURFACE_POLICY_DROP_OLDEST, 1);
    take_both(10, 1000000000);
    CHECK(pthread_create(&thread, NULL, wait_for_nothing, empty) == 0);
    fall_asleep(deep);
    take_both(1, INT64_MAX);
    CHECK(pthread_join(thread, &waited) == 0);
    take_both(2 * SILENCE_MS * RATE / 1000, INT64_MAX);
    check_photos();
    check_undisturbed();
    OK(camera_manager_release(manager));
}

static void everything_goes_on_after_processes_were_stopped(void) { everything_goes_on_after(false); }

static void everything_goes_on_after_a_suspend(void)
{
    char command[4200];
    snprintf(command, sizeof command, "insmod '%s'", getenv("CAMERA_TEST_AWAKE"));
    CHECK_EQ(system(command), 0);
    everything_goes_on_after(true);
    CHECK_EQ(system("rmmod awake"), 0);
}

/* A camera that does not wake up is found out in the usual time. */
static void who_is_silent_after_sleep_is_found_out(void)
{
    start_both();
    take_both(5, 1000000000);
    vivid_control(DROPPED_BUFFERS, 100);
    fall_asleep(false);
    int64_t begin = t_now_ms();
    WAIT_UNTIL(t_entered(&diary) == 1);
    int64_t took = t_now_ms() - begin;
    printf("TABLE   told %d ms after it woke up: %s\n", (int)took, diary.at[0].detail);
    CHECK_EQ(diary.at[0].what, 7400201);
    /* Given time, started once more, given time again; each noticed a quarter late. */
    CHECK(took > SILENCE_MS && took < 2 * SILENCE_MS * 5 / 4 + 1000);
    take(&runs[VIRTUAL], 30, INT64_MAX);
    vivid_control(DROPPED_BUFFERS, 0);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(nobody_is_disturbed_when_the_clock_is_set),
        CASE(everything_goes_on_after_processes_were_stopped),
        CASE(who_is_silent_after_sleep_is_found_out),
        CASE(everything_goes_on_after_a_suspend),
    };
    if (getenv("CAMERA_TEST_VM") == NULL) {
        printf("sets the clock and puts the machine to sleep: make test-vm runs it in a virtual machine\n");
        return 77;
    }
    unsetenv("CAMERA_SESSION_CAMERAS");
    const char *awake = getenv("CAMERA_TEST_AWAKE");
    size_t count = access("/sys/power/pm_test", W_OK) != 0 ? 1 : awake && *awake ? 4 : 3;
    if (count < T_COUNT(cases))
        printf("without %zu of %zu cases: this kernel, or the missing scripts/vm/awake.c, lets nothing sleep\n",
               T_COUNT(cases) - count, T_COUNT(cases));
    int result = t_main(argc, argv, cases, count);
    vivid_plugged_in(); /* for the tests that follow */
    return result;
}
