/*
 * test_recorder_life.c: the file is whole and plays, whatever ends the recording or the life around
 * it: the manager, the recorder, the output, the session, the input, another configuration, a
 * crash. (That the camera is unplugged needs a driver: test_recorder_unplugged.c.)
 */
#include "t_recorder.h"

static camera_manager *manager;

static void begin(struct t_rec *rec, const char *name)
{
    manager = t_manager();
    *rec = t_rec(manager, t_path(name));
    t_rec_listen(rec);
    OK(camera_recorder_start(rec->recorder));
    T_WAIT_FOR_FRAMES(rec->recorder, 5);
}

static void end(void)
{
    OK(camera_manager_release(manager));
    t_folder_remove();
}

/* The one event is STOPPED, and the file is what it says. */
static const struct t_file *check_stopped(struct t_rec *rec, const char *name, int pauses)
{
    WAIT_UNTIL(t_event_count(&rec->events) == 1);
    camera_recorder_statistics counts = rec->events.at[0].statistics;
    CHECK_EQ(rec->events.at[0].type, T_STOPPED);
    CHECK(counts.frames >= 5);
    const struct t_file *file = t_check_file(t_path(name), counts.frames, pauses);
    CHECK(file->finished && file->size == counts.bytes && file->cues >= 1);
    double ms = (double)counts.duration_ns / 1e6;
    CHECK(file->duration_ms > ms - 0.1 && file->duration_ms < ms + 0.1);
    return file;
}

static void the_manager_is_released(void)
{
    for (int paused = 0; paused < 2; paused++) {
        struct t_rec rec;
        begin(&rec, "a.mkv");
        if (paused)
            OK(camera_recorder_pause(rec.recorder));
        OK(camera_manager_release(manager));
        CHECK(rec.events.count == 1 && rec.events.destroyed == 1);
        CHECK_EQ(t_recorder_state(rec.recorder), CAMERA_RECORDER_STATE_RELEASED);
        check_stopped(&rec, "a.mkv", 0);
        t_folder_remove();
    }
}

/* What was called before is done first, in order. */
static void the_manager_is_released_behind_operations(void)
{
    for (long round = 0; round < t_scaled(50); round++) {
        struct t_results results = T_RESULTS_INIT;
        manager = t_manager();
        camera_recorder *recorder = t_recorder(manager, 0, t_path("a.mkv"));
        ACCEPT(camera_recorder_start_async(recorder, t_completion, t_ticket(&results, 0)));
        ACCEPT(camera_recorder_pause_async(recorder, t_completion, t_ticket(&results, 1)));
        ACCEPT(camera_recorder_resume_async(recorder, t_completion, t_ticket(&results, 2)));
        if (round % 2)
            ACCEPT(camera_recorder_release_async(recorder, t_completion, t_ticket(&results, 3)));
        OK(camera_manager_release(manager));
        CHECK_EQ(results.count, results.tickets);
        for (size_t i = 0; i < results.count; i++) {
            CHECK_EQ(results.at[i].tag, i);
            CHECK_EQ(results.at[i].code, 0);
        }
    }
    t_folder_remove();
}

static void the_recorder_is_released_while_its_output_runs(void)
{
    struct t_rec rec;
    begin(&rec, "a.mkv");
    OK(camera_recorder_release(rec.recorder));
    const struct t_file *file = check_stopped(&rec, "a.mkv", 0);
    size_t size = file->size;
    /* The output goes on into nothing. */
    t_sleep_ms(50);
    CHECK_CODE(camera_output_start(rec.video), 201);
    OK(camera_output_stop(rec.video));
    OK(camera_output_start(rec.video));
    CHECK_EQ(t_file(t_path("a.mkv"))->size, size);
    OK(camera_session_release(rec.session));
    end();
}

static void the_recorder_stops_while_its_output_runs(void)
{
    struct t_rec rec;
    begin(&rec, "a.mkv");
    OK(camera_recorder_stop(rec.recorder));
    size_t size = check_stopped(&rec, "a.mkv", 0)->size;
    /* Frames go on to arrive, and none stays. */
    uint64_t delivered = t_statistics(rec.surface).delivered + 20;
    WAIT_UNTIL(t_statistics(rec.surface).delivered >= delivered);
    CHECK_EQ(t_file(t_path("a.mkv"))->size, size);
    end();
}

static void stop_output(struct t_rec *rec) { OK(camera_output_stop(rec->video)); }
static void release_output(struct t_rec *rec) { OK(camera_output_release(rec->video)); }
static void stop_session(struct t_rec *rec) { OK(camera_session_stop(rec->session)); }
static void release_session(struct t_rec *rec) { OK(camera_session_release(rec->session)); }
static void configure_session(struct t_rec *rec) { OK(camera_session_begin_config(rec->session)); }
static void close_input(struct t_rec *rec) { OK(camera_input_close(rec->input)); }
static void release_input(struct t_rec *rec) { OK(camera_input_release(rec->input)); }

/* No more frames come; the recorder goes on waiting for some, and stops when it is told to. */
static void whatever_sends_to_it_ends(void)
{
    static void (*const ends[])(struct t_rec *) = {stop_output,       release_output, stop_session, release_session,
                                                   configure_session, close_input,    release_input};
    for (size_t i = 0; i < T_COUNT(ends); i++) {
        struct t_rec rec;
        begin(&rec, "a.mkv");
        ends[i](&rec);
        CHECK_EQ(t_recorder_state(rec.recorder), CAMERA_RECORDER_STATE_RECORDING);
        CHECK_EQ(t_event_count(&rec.events), 0);
        OK(camera_recorder_stop(rec.recorder));
        check_stopped(&rec, "a.mkv", 0);
        camera_recorder_statistics counts = t_recorded(rec.recorder);
        camera_surface_statistics arrived = t_statistics(rec.surface);
        CHECK(counts.frames <= arrived.delivered && counts.dropped <= arrived.dropped_full);
        end();
    }
}

/* One file across two runs of the camera, which counts from 0 again: the time goes on. */
static void the_session_stops_and_starts_again(void)
{
    struct t_rec rec;
    begin(&rec, "a.mkv");
    OK(camera_session_stop(rec.session));
    t_sleep_ms(300);
    OK(camera_session_start(rec.session));
    OK(camera_output_start(rec.video));
    uint64_t before = t_recorded(rec.recorder).frames, wanted = before + 5;
    T_WAIT_FOR_FRAMES(rec.recorder, wanted);
    OK(camera_recorder_stop(rec.recorder));
    WAIT_UNTIL(t_event_count(&rec.events) == 1);
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK_EQ(file->frames, rec.events.at[0].statistics.frames);
    double widest = 0;
    for (size_t i = 1; i < file->frames; i++) {
        double ms = file->at[i].ms - file->at[i - 1].ms;
        CHECK(ms > 0);
        widest = ms > widest ? ms : widest;
    }
    CHECK(widest >= 290); /* it really was so long */
    t_decodes(t_path("a.mkv"), file->frames);
    end();
}

/* A file has one size: another ends it, and says so. */
static void another_size_ends_the_file(void)
{
    struct t_rec rec;
    begin(&rec, "a.mkv");
    camera_profile profile = t_profile(T_YUYV, 640, 480);
    camera_output *larger = NULL;
    profile.min_frame_rate = 5, profile.max_frame_rate = 60;
    /* One output at a time. */
    CHECK_CODE(camera_manager_create_video_output(manager, &profile, rec.surface, &larger), 102);
    OK(camera_session_begin_config(rec.session));
    OK(camera_output_release(rec.video));
    larger = t_video(manager, T_YUYV, 640, 480, 5, 60, rec.surface);
    OK(camera_session_add_output(rec.session, larger));
    OK(camera_session_commit_config(rec.session));
    OK(camera_session_start(rec.session));
    OK(camera_output_start(larger));
    WAIT_UNTIL(t_event_count(&rec.events) == 2);
    CHECK(rec.events.at[0].type == T_ERROR && rec.events.at[0].code == 7400201);
    CHECK(strstr(rec.events.at[0].detail, "640x480") && strstr(rec.events.at[0].detail, "320x240"));
    CHECK_EQ(rec.events.at[1].type, T_STOPPED);
    CHECK_EQ(t_recorder_state(rec.recorder), CAMERA_RECORDER_STATE_FAILED);
    t_check_file(t_path("a.mkv"), rec.events.at[1].statistics.frames, 0);
    end();
}

/* Each of two outputs of one session has a recorder; one more is of another manager. */
static void several_recorders_at_once(void)
{
    manager = t_manager();
    camera_manager *other = t_manager();
    camera_recorder *other_recorder = t_recorder(other, CAMERA_CONTAINER_Y4M, t_path("b.y4m"));
    struct t_rec rec = t_rec(manager, t_path("a.mkv"));
    camera_output *preview = t_preview(manager, T_NV12, 320, 240, t_recorder_surface(other_recorder));
    OK(camera_session_begin_config(rec.session));
    OK(camera_session_add_output(rec.session, preview));
    OK(camera_session_commit_config(rec.session));
    OK(camera_recorder_start(rec.recorder));
    OK(camera_recorder_start(other_recorder));
    OK(camera_session_start(rec.session));
    OK(camera_output_start(rec.video));
    T_WAIT_FOR_FRAMES(rec.recorder, 10);
    T_WAIT_FOR_FRAMES(other_recorder, 10);
    OK(camera_recorder_stop(rec.recorder));
    uint64_t frames = t_recorded(rec.recorder).frames;
    const struct t_file *file = t_file(t_path("a.mkv"));
    CHECK(file->frames == frames && file->finished);
    t_decodes(t_path("a.mkv"), frames);
    /* The other manager ends, and the session goes on. */
    OK(camera_manager_release(other));
    file = t_file(t_path("b.y4m"));
    CHECK(file->frames >= 10 && file->finished && file->width == 320 && file->height == 240);
    t_decodes(t_path("b.y4m"), file->frames);
    OK(camera_session_stop(rec.session));
    end();
}

/* --- crashes --------------------------------------------------------------------------------- */

/* Frames that are whole in a file that nobody finished. FFmpeg may find the torn one at its end. */
static void check_cut_off(const char *path, size_t least)
{
    const struct t_file *file = t_file(path);
    size_t frames = file->frames;
    CHECK(frames >= least && !file->finished && file->cues == 0 && file->duration_ms == 0);
    for (size_t i = 1; i < frames; i++)
        CHECK(file->at[i].number > file->at[i - 1].number && file->at[i].ms > file->at[i - 1].ms);
    if (!t_have_ffmpeg())
        return;
    static char text[T_MOST_FRAMES * 100];
    size_t found = 0;
    t_command(text, sizeof text, "ffmpeg -nostdin -v fatal -i %s -fps_mode passthrough -f framemd5 - 2>&1", path);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        found += strncmp(line, "0,", 2) == 0;
    EXPECT(found == frames || found == frames + 1, "ffmpeg finds %zu frames of %zu", found, frames);
    printf("  %zu frames, %zu bytes\n", frames, file->size);
}

/* A program that records, and is killed, or becomes another without a word. */
static void recording_dies(bool killed)
{
    const char *path = t_path("a.mkv");
    for (long round = 0; round < t_scaled(5); round++) {
        (void)remove(path);
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            manager = t_manager();
            struct t_rec rec = t_rec(manager, path);
            OK(camera_recorder_start(rec.recorder));
            if (killed)
                for (;;)
                    pause();
            T_WAIT_FOR_FRAMES(rec.recorder, 10);
            execlp("true", "true", (char *)NULL);
            _exit(1);
        }
        if (killed) {
            struct stat stat_;
            WAIT_UNTIL(stat(path, &stat_) == 0 && stat_.st_size > 153600 * 10 + round * 43210);
            CHECK_EQ(kill(child, SIGKILL), 0);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(killed ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
        check_cut_off(path, 10);
    }
    t_folder_remove();
}

static void a_process_that_is_killed(void) { recording_dies(true); }
static void a_process_that_becomes_another(void) { recording_dies(false); }

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(the_manager_is_released),
        CASE(the_manager_is_released_behind_operations),
        CASE(the_recorder_is_released_while_its_output_runs),
        CASE(the_recorder_stops_while_its_output_runs),
        CASE(whatever_sends_to_it_ends),
        CASE(the_session_stops_and_starts_again),
        CASE(another_size_ends_the_file),
        CASE(several_recorders_at_once),
        CASE(a_process_that_is_killed),
        CASE(a_process_that_becomes_another),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
