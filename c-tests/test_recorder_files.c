/*
 * test_recorder_files.c: the files that a camera_recorder makes: every picture of every format at
 * its time, pauses that are not there, paths and descriptors that can and cannot be used, and disks
 * that are full.
 */
#include "t_recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static camera_manager *manager;

static void end(void)
{
    OK(camera_manager_release(manager));
    t_folder_remove();
}

static camera_recorder_options with_path(const char *path)
{
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    options.path = path;
    return options;
}

static camera_recorder_options with_fd(int fd)
{
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    options.fd = fd;
    return options;
}

static camera_recorder *make(const camera_recorder_options *options)
{
    camera_recorder *recorder = NULL;
    OK(camera_manager_create_recorder(manager, options, &recorder));
    return recorder;
}

/* Records so many frames of YUYV and stops. */
static camera_recorder_statistics record(camera_recorder *recorder, uint64_t frames)
{
    struct t_rec rec = t_rec_with(manager, recorder, T_YUYV, 320, 240);
    OK(camera_recorder_start(recorder));
    T_WAIT_FOR_FRAMES(recorder, frames);
    OK(camera_recorder_stop(recorder));
    camera_recorder_statistics statistics = t_recorded(recorder);
    OK(camera_session_release(rec.session));
    OK(camera_output_release(rec.video));
    OK(camera_input_release(rec.input));
    return statistics;
}

/* --- what is in them ------------------------------------------------------------------------- */

static void every_format_is_in_its_file_as_it_was_drawn(void)
{
    static const struct {
        uint32_t format;
        int32_t container;
        const char *codec, *fourcc;
    } kinds[] = {
        {T_YUYV, CAMERA_CONTAINER_MATROSKA, "V_UNCOMPRESSED", "YUY2"},
        {T_NV12, CAMERA_CONTAINER_MATROSKA, "V_UNCOMPRESSED", "NV12"},
        {T_GREY, CAMERA_CONTAINER_MATROSKA, "V_UNCOMPRESSED", "Y800"},
        {T_YU12, CAMERA_CONTAINER_MATROSKA, "V_UNCOMPRESSED", "I420"},
        {T_YU12, CAMERA_CONTAINER_Y4M, "", "420j"},
        {T_NV12, CAMERA_CONTAINER_Y4M, "", "420j"},
        {T_YUYV, CAMERA_CONTAINER_Y4M, "", "422"},
        {T_GREY, CAMERA_CONTAINER_Y4M, "", "mono"},
    };
    manager = t_manager();
    for (size_t i = 0; i < T_COUNT(kinds); i++) {
        const char *path = t_path("a");
        camera_recorder *recorder = t_recorder(manager, kinds[i].container, path);
        struct t_rec rec = t_rec_with(manager, recorder, kinds[i].format, 320, 240);
        OK(camera_recorder_start(recorder));
        T_WAIT_FOR_FRAMES(recorder, 12);
        OK(camera_recorder_stop(recorder));
        camera_recorder_statistics counts = t_recorded(recorder);
        const struct t_file *file = t_check_file(path, counts.frames, 0);
        CHECK(file->finished && file->size == counts.bytes);
        CHECK(file->width == 320 && file->height == 240);
        CHECK(strcmp(file->codec, kinds[i].codec) == 0 && strcmp(file->fourcc, kinds[i].fourcc) == 0);
        CHECK_EQ(counts.skipped, 0);
        double ms = (double)counts.duration_ns / 1e6;
        if (*file->codec) {
            CHECK(file->cues >= 1 && file->duration_ms > ms - 0.1 && file->duration_ms < ms + 0.1);
            CHECK(ms > file->at[file->frames - 1].ms);
        } else {
            /* Nothing between the frames but their rate: they last as long as the recording. */
            double lasts = (double)file->frames * 1000 / file->rate;
            EXPECT(lasts > ms * 0.8 && lasts < ms * 1.2, "%f ms at %f, and %f were recorded", lasts, file->rate, ms);
        }
        OK(camera_session_release(rec.session));
        OK(camera_output_release(rec.video));
        OK(camera_input_release(rec.input));
        OK(camera_recorder_release(recorder));
    }
    end();
}

static void y4m_says_the_rate_that_was_given(void)
{
    static const uint32_t rates[] = {1, 25, 1000}, capacities[] = {1, 0, 64};
    manager = t_manager();
    for (size_t i = 0; i < T_COUNT(rates); i++) {
        camera_recorder_options options = with_path(t_path("a.y4m"));
        options.container = CAMERA_CONTAINER_Y4M;
        options.frame_rate = rates[i];
        options.capacity = capacities[i];
        uint64_t frames = record(make(&options), 5).frames;
        CHECK(t_check_file(t_path("a.y4m"), frames, 0)->rate == rates[i]);
    }
    end();
}

static void a_pause_leaves_no_gap(void)
{
    manager = t_manager();
    struct t_rec rec = t_rec(manager, t_path("a.mkv"));
    OK(camera_recorder_start(rec.recorder));
    uint64_t frames[4] = {0, 0, 0, 0};
    for (int run = 0; run < 3; run++) {
        uint64_t wanted = frames[run] + 8;
        T_WAIT_FOR_FRAMES(rec.recorder, wanted);
        OK(camera_recorder_pause(rec.recorder));
        frames[run + 1] = t_recorded(rec.recorder).frames;
        /* What arrives meanwhile is taken and let go. */
        uint64_t arrived = t_statistics(rec.surface).delivered + 20;
        WAIT_UNTIL(t_statistics(rec.surface).delivered >= arrived);
        CHECK_EQ(t_recorded(rec.recorder).frames, frames[run + 1]);
        if (run < 2)
            OK(camera_recorder_resume(rec.recorder));
    }
    OK(camera_recorder_stop(rec.recorder));
    const struct t_file *file = t_check_file(t_path("a.mkv"), frames[3], 2);
    for (int run = 1; run < 3; run++) {
        size_t at = (size_t)frames[run];
        double before = file->at[at - 1].ms - file->at[at - 2].ms, across = file->at[at].ms - file->at[at - 1].ms;
        CHECK(file->at[at].number - file->at[at - 1].number > 18);
        EXPECT(across > before - 0.21 && across < before + 0.21, "%f ms across a pause, %f before it", across, before);
    }
    end();
}

/* Photos are frames too: one each time that one is taken. */
static void a_photo_output_makes_a_time_lapse(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_recorder *recorder = t_recorder(manager, 0, t_path("a.mkv"));
    OK(camera_output_release(rig.photo));
    rig.photo = t_photo(manager, 320, 240, t_recorder_surface(recorder));
    t_rig_to(&rig, COMMITTED);
    OK(camera_recorder_start(recorder));
    for (uint64_t i = 1; i <= 5; i++) {
        OK(camera_output_capture(rig.photo, NULL));
        T_WAIT_FOR_FRAMES(recorder, i);
    }
    OK(camera_recorder_stop(recorder));
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK(file->frames == 5 && file->finished && strcmp(file->codec, "V_MJPEG") == 0);
    t_decodes(t_path("a.mkv"), 5);
    end();
}

/* --- descriptors ------------------------------------------------------------------------------ */

static void a_descriptor_stays_the_callers(void)
{
    static char old[3000000];
    manager = t_manager();
    const char *path = t_path("a.mkv");
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0 && write(fd, old, sizeof old) == sizeof old && lseek(fd, 12345, SEEK_SET) == 12345);
    for (int closed_early = 0; closed_early < 2; closed_early++) {
        int before = t_entries("/proc/self/fd", false);
        camera_recorder_options options = with_fd(fd);
        camera_recorder *recorder = make(&options);
        CHECK_EQ(t_entries("/proc/self/fd", false), before + 1);
        CHECK_EQ(lseek(fd, 0, SEEK_END), closed_early ? t_file(path)->size : sizeof old); /* not emptied yet */
        CHECK_EQ(lseek(fd, 12345, SEEK_SET), 12345);
        if (closed_early)
            CHECK_EQ(close(fd), 0);
        camera_recorder_statistics counts = record(recorder, 4);
        CHECK_EQ(t_check_file(path, counts.frames, 0)->size, counts.bytes);
        if (!closed_early)
            CHECK(lseek(fd, 0, SEEK_CUR) == 12345 && fcntl(fd, F_GETFD) == 0);
        OK(camera_recorder_release(recorder));
    }
    end();
}

/* What the library opens is not inherited by programs that the application starts. */
static void nothing_is_inherited(void)
{
    manager = t_manager();
    int fd = open(t_path("a.mkv"), O_WRONLY | O_CREAT, 0600);
    camera_recorder_options options = with_fd(fd);
    camera_recorder *given = make(&options), *named = t_recorder(manager, 0, t_path("b.mkv"));
    OK(camera_recorder_start(given));
    OK(camera_recorder_start(named));
    int found = 0;
    for (int other = 3; other < 100; other++) {
        char link[64], target[200] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", other);
        if (readlink(link, target, sizeof target - 1) > 0 && strstr(target, ".mkv") && other != fd) {
            CHECK(fcntl(other, F_GETFD) & FD_CLOEXEC);
            found++;
        }
    }
    CHECK_EQ(found, 2);
    close(fd);
    end();
}

static void descriptors_that_are_no_use_are_refused_at_once(void)
{
    int pipes[2], sockets[2], plain;
    camera_recorder *recorder = NULL;
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    manager = t_manager();
    CHECK(pipe(pipes) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    plain = open(t_path("a.mkv"), O_WRONLY | O_CREAT, 0600);
    int bad[] = {pipes[1], sockets[0], open(t_path("a.mkv"), O_RDONLY), open(t_path("a.mkv"), O_WRONLY | O_APPEND),
                 open(t_folder(), O_RDONLY), 999, INT32_MAX};
    static const char *const reasons[] = {"pipes", "sockets", "O_WRONLY", "O_APPEND", "not a file", "not open", "not open"};
    int before = t_entries("/proc/self/fd", false);
    for (size_t i = 0; i < T_COUNT(bad); i++) {
        options.fd = bad[i];
        CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 101);
        EXPECT(strstr(camera_error_detail(), reasons[i]), "%s", camera_error_detail());
    }
    options.fd = plain;
    options.path = t_path("b.mkv");
    CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 101);
    options.fd = 0; /* a structure of zeros */
    CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 101);
    CHECK(strstr(camera_error_detail(), "CAMERA_RECORDER_OPTIONS_INIT"));
    options.fd = INT32_MIN;
    options.path = NULL;
    CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 101);
    /* No descriptor is left for a duplicate. */
    struct rlimit few = {(rlim_t)plain + 20, 4096}, many;
    CHECK(getrlimit(RLIMIT_NOFILE, &many) == 0);
    few.rlim_max = many.rlim_max;
    int last[64], count = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    while ((last[count] = dup(plain)) >= 0)
        count++;
    options.fd = plain;
    CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 201);
    while (count > 0)
        close(last[--count]);
    CHECK(setrlimit(RLIMIT_NOFILE, &many) == 0);
    CHECK(recorder == NULL);
    CHECK_EQ(t_entries("/proc/self/fd", false), before);
    for (size_t i = 0; i < 5; i++)
        close(bad[i]);
    close(pipes[0]), close(sockets[1]), close(plain);
    end();
}

/* --- paths ------------------------------------------------------------------------------------- */

static void a_path_is_made_or_replaced_when_it_starts(void)
{
    struct stat stat_;
    manager = t_manager();
    const char *path = t_path("a.mkv");
    camera_recorder *recorder = t_recorder(manager, 0, path);
    CHECK(stat(path, &stat_) != 0);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 100000; i++)
        fputs("what was there", file);
    fclose(file);
    camera_recorder_statistics counts = record(recorder, 3);
    CHECK_EQ(t_check_file(path, counts.frames, 0)->size, counts.bytes);
    /* A name is bytes, and relative ones begin at the program's folder. */
    CHECK_EQ(chdir(t_folder()), 0);
    umask(027);
    recorder = t_recorder(manager, 0, "\xff\xfe.mkv");
    OK(camera_recorder_start(recorder));
    OK(camera_recorder_stop(recorder));
    CHECK(stat("\xff\xfe.mkv", &stat_) == 0 && stat_.st_size == 0 && (stat_.st_mode & 0777) == 0640);
    CHECK_EQ(t_recorded(recorder).bytes, 0);
    CHECK_EQ(chdir("/"), 0);
    end();
}

static void paths_that_cannot_be_used_are_told_and_can_be_repaired(void)
{
    char longest[5000];
    camera_recorder *recorder = NULL;
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    manager = t_manager();
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *refused[] = {"", longest};
    for (size_t i = 0; i < T_COUNT(refused); i++) {
        options.path = refused[i];
        CHECK_CODE(camera_manager_create_recorder(manager, &options, &recorder), 101);
    }
    longest[300] = '\0'; /* longer than a name may be, and not than a path */
    CHECK_EQ(mkfifo(t_path("pipe"), 0600), 0);
    const char *unusable[] = {t_folder(), t_path("missing/a.mkv"), "/dev/null/a.mkv", t_path("pipe"), longest};
    for (size_t i = 0; i < T_COUNT(unusable); i++) {
        recorder = t_recorder(manager, 0, unusable[i]);
        for (int again = 0; again < 2; again++) {
            CHECK_CODE(camera_recorder_start(recorder), 101);
            CHECK(strstr(camera_error_detail(), i < 4 ? unusable[i] : "xxx"));
            CHECK_EQ(t_recorder_state(recorder), CAMERA_RECORDER_STATE_IDLE);
        }
        if (i == 1) {
            CHECK(strstr(camera_error_detail(), "os error 2") && strstr(camera_error_detail(), "create its folder"));
            CHECK_EQ(mkdir(t_path("missing"), 0700), 0);
            camera_recorder_statistics counts = record(recorder, 3);
            t_check_file(t_path("missing/a.mkv"), counts.frames, 0);
            CHECK_EQ(remove(t_path("missing/a.mkv")), 0);
        }
        OK(camera_recorder_release(recorder));
    }
    end();
}

/* Root may write everywhere, so this is tried as nobody. */
static void a_folder_without_permission(void)
{
    const uid_t nobody = 65534;
    bool root = geteuid() == 0;
    CHECK_EQ(chmod(t_folder(), root ? 0755 : 0555), 0);
    if (root)
        CHECK_EQ(seteuid(nobody), 0);
    manager = t_manager();
    camera_recorder *recorder = t_recorder(manager, 0, t_path("a.mkv"));
    CHECK_CODE(camera_recorder_start(recorder), 102);
    CHECK(strstr(camera_error_detail(), "os error 13") && strstr(camera_error_detail(), "may write"));
    CHECK_EQ(t_recorder_state(recorder), CAMERA_RECORDER_STATE_IDLE);
    OK(camera_manager_release(manager));
    if (root)
        CHECK_EQ(seteuid(0), 0);
    CHECK_EQ(chmod(t_folder(), 0755), 0);
    t_folder_remove();
}

/* --- full disks --------------------------------------------------------------------------------- */

/* ERROR, then STOPPED; the state is FAILED, and every operation tells the reason. */
static void check_failure(struct t_rec *rec, const char *reason)
{
    WAIT_UNTIL(t_event_count(&rec->events) == 2);
    CHECK_EQ(t_recorder_state(rec->recorder), CAMERA_RECORDER_STATE_FAILED);
    CHECK(rec->events.at[0].type == T_ERROR && rec->events.at[1].type == T_STOPPED);
    CHECK_EQ(rec->events.at[0].code, 7400201);
    EXPECT(strstr(rec->events.at[0].detail, reason), "%s", rec->events.at[0].detail);
    CHECK_CODE(camera_recorder_stop(rec->recorder), 201);
    CHECK(strcmp(camera_error_detail(), rec->events.at[0].detail) == 0);
    CHECK_CODE(camera_recorder_pause(rec->recorder), 201);
    CHECK_CODE(camera_recorder_start(rec->recorder), 102);
    camera_recorder_statistics counts = t_recorded(rec->recorder);
    CHECK(memcmp(&counts, &rec->events.at[1].statistics, sizeof counts) == 0);
    /* The camera goes on. */
    uint64_t arrived = t_statistics(rec->surface).arrived + 5;
    WAIT_UNTIL(t_statistics(rec->surface).arrived >= arrived);
    OK(camera_output_stop(rec->video));
}

static void a_full_disk_is_told(void)
{
    for (int way = 0; way < 4; way++) {
        manager = t_manager_of("virtual:8", CAMERA_DISPATCH_LIBRARY);
        int fd = open("/dev/full", O_WRONLY);
        camera_recorder_options options = way % 2 ? with_fd(fd) : with_path("/dev/full");
        options.container = way / 2;
        struct t_rec rec = t_rec_with(manager, make(&options), T_YUYV, 320, 240);
        t_rec_listen(&rec);
        OK(camera_recorder_start(rec.recorder));
        check_failure(&rec, "disk is full");
        CHECK_EQ(t_recorded(rec.recorder).frames, 0);
        close(fd);
        OK(camera_manager_release(manager));
    }
}

/* A limit of the process, which the kernel would tell with a signal that ends it. */
static void a_size_limit_is_an_error_and_no_signal(void)
{
    static const rlim_t limits[] = {1, 200000, 1000000, 1000003};
    struct rlimit limit, unlimited;
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    for (size_t i = 0; i < T_COUNT(limits); i++)
        for (int container = 0; container < 2; container++) {
            manager = t_manager();
            camera_recorder *recorder = t_recorder(manager, container, t_path("a"));
            struct t_rec rec = t_rec_with(manager, recorder, T_YUYV, 320, 240);
            t_rec_listen(&rec);
            limit = unlimited;
            limit.rlim_cur = limits[i];
            CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
            OK(camera_recorder_start(recorder));
            check_failure(&rec, "RLIMIT_FSIZE");
            CHECK_EQ(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
            camera_recorder_statistics counts = t_recorded(recorder);
            CHECK_EQ(counts.frames, limits[i] / 153600);
            const struct t_file *file = t_check_file(t_path("a"), counts.frames, 0);
            CHECK(file->size == counts.bytes && file->size <= limits[i]);
            OK(camera_recorder_release(recorder));
            WAIT_UNTIL(t_destroyed(&rec.events));
            CHECK_EQ(rec.events.count, 2);
            OK(camera_manager_release(manager));
        }
    t_folder_remove();
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_format_is_in_its_file_as_it_was_drawn),
        CASE(y4m_says_the_rate_that_was_given),
        CASE(a_pause_leaves_no_gap),
        CASE(a_photo_output_makes_a_time_lapse),
        CASE(a_descriptor_stays_the_callers),
        CASE(nothing_is_inherited),
        CASE(descriptors_that_are_no_use_are_refused_at_once),
        CASE(a_path_is_made_or_replaced_when_it_starts),
        CASE(paths_that_cannot_be_used_are_told_and_can_be_repaired),
        CASE(a_folder_without_permission),
        CASE(a_full_disk_is_told),
        CASE(a_size_limit_is_an_error_and_no_signal),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
