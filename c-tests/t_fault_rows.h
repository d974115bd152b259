/*
 * t_fault_rows.h: one row of test_fault_table.c: a session with everything is run into a fault, and what
 * came of it is written down and judged.
 */
#ifndef T_FAULT_ROWS_H
#define T_FAULT_ROWS_H

#include "t_vivid.h"

#include <stdatomic.h>
#include <sys/mman.h>

enum end { GOES_ON, LOST, FAILED };
enum when { BY_SCRIPT, AT_OPEN, AT_COMMIT, AT_START, RUNNING };
enum act { SET_CONTROL, DENY, OCCUPY, REMOVE_MODULE, UNBIND, UNBIND_AND_BIND };

struct row {
    const char *name, *script;
    enum end end;
    enum when when;
    enum act act;
    unsigned control;
    int value;
    int open, commit, start; /* what these answer the first time; the second time 0 */
    uint64_t at;             /* the frame that the script's fault is for */
    int within;              /* periods in which everything is told; 0: one */
    int frames;              /* frames after the fault; 0: 10 or 15 */
    bool lost, corrupt;      /* frames are */
    bool estimated;          /* timestamps are the library's */
    bool restarts;           /* a silent stream is started anew, again and again */
    int anew;                /* what a new input answers afterwards */
};

struct line {
    char text[400];
    char wrong[800];
    bool done;
    bool only_late;
};

enum { PENDING = 3, SILENCE = 12 /* periods */ };

/* --- what was told ------------------------------------------------------------------------------ */

enum { PREVIEW, VIDEO, PHOTO };

/* All that is told of one row. */
struct story {
    pthread_mutex_t lock;
    char id[128];
    int count; /* of entries below that were told */
    int gone, back, input_errors, session_errors;
    int gone_place, input_place, session_place;
    int32_t input_code, session_code;
    int errors[3], begins[3], ends[3];
    int32_t codes[3];
    int completions;
    int64_t gone_ns, input_ns, session_ns, ended_ns; /* when a loss was told */
    char detail[300];
};

static struct story story = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void tell_camera(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    (void)manager, (void)user_data;
    pthread_mutex_lock(&story.lock);
    if (strcmp(event->camera->id, story.id) == 0) {
        story.count++;
        if (event->status == CAMERA_STATUS_DISAPPEAR) {
            story.gone++;
            story.gone_place = story.count;
            story.gone_ns = now_ns();
        } else if (event->status == CAMERA_STATUS_APPEAR) {
            story.back++;
        }
    }
    pthread_mutex_unlock(&story.lock);
}

static inline void tell_input(camera_input *input, const camera_input_event *event, void *user_data)
{
    (void)input, (void)user_data;
    pthread_mutex_lock(&story.lock);
    story.input_errors++;
    story.input_place = ++story.count;
    story.input_code = event->code;
    story.input_ns = now_ns();
    pthread_mutex_unlock(&story.lock);
}

static inline void tell_session(int32_t code, const char *detail, void *user_data)
{
    (void)user_data;
    pthread_mutex_lock(&story.lock);
    story.session_errors++;
    story.session_place = ++story.count;
    story.session_code = code;
    story.session_ns = now_ns();
    snprintf(story.detail, sizeof story.detail, "%s", detail);
    pthread_mutex_unlock(&story.lock);
}

static inline void tell_output(camera_output *output, const camera_output_event *event, void *user_data)
{
    int which = (int)(intptr_t)user_data;
    (void)output;
    pthread_mutex_lock(&story.lock);
    switch (event->type) {
    case CAMERA_OUTPUT_EVENT_TYPE_FRAME_START:
    case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START:
        story.begins[which]++;
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_FRAME_END:
    case CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END:
        story.ends[which]++;
        if (story.errors[which] > 0)
            story.ended_ns = now_ns();
        break;
    case CAMERA_OUTPUT_EVENT_TYPE_ERROR:
        story.errors[which]++;
        story.codes[which] = event->code;
        break;
    default: break;
    }
    pthread_mutex_unlock(&story.lock);
}

static inline void tell_completion(int32_t code, const char *detail, void *user_data)
{
    (void)code, (void)detail, (void)user_data;
    pthread_mutex_lock(&story.lock);
    story.completions++;
    pthread_mutex_unlock(&story.lock);
}

static inline struct story told(void)
{
    pthread_mutex_lock(&story.lock);
    struct story copy = story;
    pthread_mutex_unlock(&story.lock);
    return copy;
}

/* --- what runs ---------------------------------------------------------------------------------- */

static struct {
    const struct row *row;
    struct line *line;
    bool vm;
    uint32_t rate;
    camera_manager *manager;
    camera_input *input;
    camera_surface *view, *tape;
    camera_output *preview, *video, *photo;
    camera_session *session;
    atomic_uint recorded;
    atomic_bool enough, struck, waits;
    atomic_int photos, photo_code;
    atomic_bool photographer_ended;
    pthread_t photographer;
    uint64_t frames, sequence, first_sequence;
    int64_t timestamp, first_timestamp;
    bool fell, resumed, went_back, estimated;
    camera_frame *held;
    uint32_t sum;
    int64_t struck_ns;
    int32_t code[3]; /* of open, commit and start, the first time */
} it;

/* Notes something that is not as it should be. */
__attribute__((format(printf, 1, 2))) static inline void wrong(const char *format, ...)
{
    size_t length = strlen(it.line->wrong);
    va_list arguments;
    va_start(arguments, format);
    if (length > 0)
        length += (size_t)snprintf(it.line->wrong + length, sizeof it.line->wrong - length, "; ");
    if (length < sizeof it.line->wrong)
        vsnprintf(it.line->wrong + length, sizeof it.line->wrong - length, format, arguments);
    va_end(arguments);
    it.line->only_late = false;
}

static inline int brief(int32_t code)
{
    return code > 7400000 ? (int)code - 7400000 : (int)code;
}

static inline uint32_t sum_of(camera_frame *frame)
{
    camera_plane plane = CAMERA_PLANE_INIT;
    OK(camera_frame_get_plane(frame, 0, &plane));
    uint32_t sum = 1;
    for (size_t at = 0; at < plane.length; at++)
        sum = sum * 31 + ((const unsigned char *)plane.data)[at];
    return sum;
}

static inline int64_t period_ns(void)
{
    return 1000000000 / it.rate;
}

static inline void on_tape(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    atomic_fetch_add(&it.recorded, 1);
}

/* Waits for one photo after the other, without a time limit, until the fault: after a failure a capture
   would have the camera start again. */
static inline void *photograph(void *argument)
{
    (void)argument;
    while (!atomic_load(&it.enough) && !atomic_load(&it.struck)) {
        camera_photo *photo = NULL;
        atomic_store(&it.waits, true);
        int32_t code = camera_output_take_photo(it.photo, NULL, -1, &photo);
        atomic_store(&it.waits, false);
        if (code != 0) {
            atomic_store(&it.photo_code, code);
            break;
        }
        atomic_fetch_add(&it.photos, 1);
        OK(camera_photo_release(photo));
    }
    atomic_store(&it.photographer_ended, true);
    return NULL;
}

/* The next frame of the preview, if one comes in time. */
static inline bool take(int32_t timeout_ms)
{
    camera_frame *frame = NULL;
    OK(camera_surface_acquire(it.view, timeout_ms, &frame));
    if (frame == NULL)
        return false;
    camera_frame_info info = t_info(frame);
    if (it.frames == 0) {
        it.first_sequence = info.sequence;
        it.first_timestamp = info.timestamp_ns;
    } else {
        it.fell = it.fell || info.sequence <= it.sequence;
        it.resumed = it.resumed || (info.flags & CAMERA_FRAME_RESUMED);
        it.went_back = it.went_back || info.timestamp_ns <= it.timestamp;
    }
    it.estimated = it.estimated || (info.flags & CAMERA_FRAME_TIMESTAMP_ESTIMATED);
    it.sequence = info.sequence;
    it.timestamp = info.timestamp_ns;
    if (++it.frames == 3) {
        it.held = frame;
        it.sum = sum_of(frame);
        return true;
    }
    OK(camera_frame_release(frame));
    return true;
}

static inline void take_until(uint64_t frames)
{
    int64_t end = t_now_ms() + t_limit() * 300;
    while (it.frames < frames && t_now_ms() < end)
        (void)take(100);
    if (it.frames < frames)
        wrong("only %d frames came", (int)it.frames);
}

/* --- the fault ---------------------------------------------------------------------------------- */

static inline void strike(enum when when)
{
    const struct row *row = it.row;
    if (row->when != when)
        return;
    switch (row->act) {
    case SET_CONTROL: vivid_control(row->control, row->value); break;
    case DENY: vivid_deny(true); break;
    case OCCUPY: vivid_occupy(true); break;
    case REMOVE_MODULE:
        if (system("rmmod vivid 2>/dev/null") == 0)
            wrong("the module went although it is in use");
        break;
    case UNBIND: plug(false); break;
    case UNBIND_AND_BIND:
        plug(false);
        it.struck_ns = now_ns();
        plug(true);
        return;
    }
    it.struck_ns = now_ns();
}

/* What lasts ends. */
static inline void relent(void)
{
    if (it.row->when == BY_SCRIPT)
        return;
    if (it.row->act == DENY)
        vivid_deny(false);
    if (it.row->act == OCCUPY)
        vivid_occupy(false);
    if (it.row->act == SET_CONTROL && it.row->control == DROPPED_BUFFERS)
        vivid_control(DROPPED_BUFFERS, 0);
}

/* When the kernel told, or would have: a script's faults are due with their frame. */
static inline int64_t kernel_told_ns(void)
{
    if (it.row->when != BY_SCRIPT || it.frames == 0)
        return it.struck_ns;
    return it.first_timestamp + ((int64_t)it.row->at - (int64_t)it.first_sequence) * period_ns();
}

/* --- one row ------------------------------------------------------------------------------------ */

#define TWICE(index, expected, call)                                                           \
    do {                                                                                       \
        it.code[index] = (call);                                                               \
        if (it.code[index] != t_long(expected))                                                \
            wrong("%s: %d, %s", #call, brief(it.code[index]), camera_error_detail());          \
        relent_if(it.code[index]);                                                             \
        if (it.code[index] != 0 && (call) != 0)                                                \
            wrong("%s again: %s", #call, camera_error_detail());                               \
    } while (0)

static inline void relent_if(int32_t code)
{
    if (code != 0)
        relent();
}

static inline void find_camera(void)
{
    camera_list *list = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    OK(camera_manager_list_cameras(it.manager, &list));
    OK(camera_list_get(list, 0, &camera));
    snprintf(story.id, sizeof story.id, "%s", camera.id);
    OK(camera_list_release(list));
}

static inline void begin_row(void)
{
    const struct row *row = it.row;
    uint32_t height = it.vm ? 180 : 240;
    uint64_t listener;
    char list[200];
    snprintf(list, sizeof list, "virtual%s%s", row->script && *row->script ? "+" : "", row->script ? row->script : "");
    it.manager = t_manager_of(it.vm ? "v4l2" : list, CAMERA_DISPATCH_LIBRARY);
    find_camera();
    OK(camera_manager_create_input(it.manager, story.id, &it.input));
    strike(AT_OPEN);
    TWICE(0, row->open, camera_input_open(it.input));
    it.view = t_surface(it.manager, 8, CAMERA_SURFACE_POLICY_DROP_OLDEST, 4);
    it.tape = t_surface(it.manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 4);
    OK(camera_surface_set_callback(it.tape, on_tape, NULL, NULL));
    it.preview = t_preview(it.manager, T_YUYV, 320, height, it.view);
    it.video = t_video(it.manager, T_YUYV, 320, height, it.rate, it.rate, it.tape);
    it.photo = t_photo(it.manager, 320, height, NULL);
    it.session = t_session(it.manager);
    OK(camera_manager_add_listener(it.manager, tell_camera, NULL, NULL, &listener));
    OK(camera_input_add_listener(it.input, tell_input, NULL, NULL, &listener));
    OK(camera_session_add_error_listener(it.session, tell_session, NULL, NULL, &listener));
    OK(camera_output_add_listener(it.preview, tell_output, (void *)PREVIEW, NULL, &listener));
    OK(camera_output_add_listener(it.video, tell_output, (void *)VIDEO, NULL, &listener));
    OK(camera_output_add_listener(it.photo, tell_output, (void *)PHOTO, NULL, &listener));
    if (row->restarts || row->within > SILENCE) {
        camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
        options.silence_ms = (int32_t)(SILENCE * 1000 / it.rate);
        OK(camera_session_set_options(it.session, &options));
    }
    OK(camera_session_begin_config(it.session));
    OK(camera_session_add_input(it.session, it.input));
    OK(camera_session_add_output(it.session, it.preview));
    OK(camera_session_add_output(it.session, it.video));
    OK(camera_session_add_output(it.session, it.photo));
    OK(camera_output_set_frame_rate(it.preview, it.rate, it.rate));
    strike(AT_COMMIT);
    TWICE(1, row->commit, camera_session_commit_config(it.session));
    strike(AT_START);
    TWICE(2, row->start, camera_session_start(it.session));
    CHECK_EQ(t_state(it.session), STARTED);
    if (row->when == BY_SCRIPT)
        it.struck_ns = now_ns();
    OK(camera_output_start(it.video));
    CHECK_EQ(pthread_create(&it.photographer, NULL, photograph, NULL), 0);
}

static inline void ask_for_more(void)
{
    ACCEPT(camera_output_capture_async(it.photo, NULL, tell_completion, NULL));
    ACCEPT(camera_session_commit_config_async(it.session, tell_completion, NULL));
    ACCEPT(camera_output_capture_async(it.photo, NULL, tell_completion, NULL));
}

static inline bool all_told(void)
{
    struct story now = told();
    bool runs_over = now.ends[PREVIEW] == now.begins[PREVIEW] && now.ends[VIDEO] == now.begins[VIDEO] &&
                     now.ends[PHOTO] == now.begins[PHOTO];
    return now.session_errors > 0 && now.input_errors > 0 && (it.row->end != LOST || now.gone > 0) && runs_over &&
           now.completions == PENDING && atomic_load(&it.photographer_ended);
}

static inline void run_into_it(void)
{
    const struct row *row = it.row;
    uint64_t more = row->frames ? (uint64_t)row->frames : it.vm ? 10 : 15;
    if (row->when == BY_SCRIPT && row->end == FAILED && row->at == 0) {
        ask_for_more();
    } else if (row->when == BY_SCRIPT) {
        /* Two frames before it happens, so that they are pending when it does. */
        int64_t end = t_now_ms() + t_limit() * 300;
        while ((it.frames < 3 || it.sequence + 3 < row->at) && told().session_errors == 0 && t_now_ms() < end)
            (void)take(100);
        ask_for_more();
    } else {
        take_until(6);
        t_sleep_ms(500 / it.rate); /* the last photo is made, and the next is waited for */
        WAIT_UNTIL(atomic_load(&it.waits));
        atomic_store(&it.struck, row->control == FATAL_ERROR);
        ask_for_more();
        strike(RUNNING);
    }
    uint64_t frames = it.frames;
    uint32_t recorded = atomic_load(&it.recorded);
    if (row->end == GOES_ON) {
        take_until(frames + more);
        if (atomic_load(&it.recorded) == recorded)
            wrong("the video stands still");
        atomic_store(&it.enough, true);
    }
    int64_t end = t_now_ms() + t_limit() * 300;
    while (!(row->end == GOES_ON ? told().completions == PENDING && atomic_load(&it.photographer_ended) : all_told()) &&
           t_now_ms() < end)
        (void)take(2);
    if (t_now_ms() >= end)
        wrong("not all was told: session %d, input %d, camera %d, completions %d, photo %s", told().session_errors,
              told().input_errors, told().gone, told().completions,
              atomic_load(&it.photographer_ended) ? "answered" : "not answered");
    if (row->end != GOES_ON)
        while (take(0)) {
        }
    /* Whoever asks a camera that is gone for something is told so, and nobody else is told again. */
    if (row->end == LOST && camera_output_capture(it.photo, NULL) != 7400108)
        wrong("a capture afterwards: %s", camera_error_detail());
}

static inline int cpu_percent(void)
{
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    t_sleep_ms(300);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    int64_t spent = (int64_t)(after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
    return (int)(spent / 3000000);
}

static inline void judge(const struct story *now)
{
    const struct row *row = it.row;
    int32_t code = row->end == LOST ? 7400108 : row->end == FAILED ? 7400201 : 0;
    int once = row->end != GOES_ON;
    if (now->session_errors != once || now->session_code != code)
        wrong("the session was told %d times, %d", now->session_errors, brief(now->session_code));
    if (now->input_errors != once || now->input_code != code)
        wrong("the input was told %d times, %d", now->input_errors, brief(now->input_code));
    if (now->gone != (row->end == LOST))
        wrong("the camera disappeared %d times", now->gone);
    if (row->end == LOST && !(now->gone_place < now->input_place && now->input_place < now->session_place))
        wrong("told in another order than camera, input, session");
    for (int run = PREVIEW; run <= VIDEO; run++) {
        if (now->errors[run] != once || now->codes[run] != code)
            wrong("%s: %d errors, %d", run == PREVIEW ? "preview" : "video", now->errors[run], brief(now->codes[run]));
        if (once ? now->ends[run] != now->begins[run] : !row->restarts && now->ends[run] != 0)
            wrong("%s: begun %d times, ended %d times", run == PREVIEW ? "preview" : "video", now->begins[run], now->ends[run]);
    }
    if (atomic_load(&it.photo_code) != code)
        wrong("who waited for a photo was told %d", brief(atomic_load(&it.photo_code)));
    if (it.fell)
        wrong("numbers did not rise");
    if (it.resumed != row->restarts)
        wrong(row->restarts ? "it was not started anew" : "it was started anew");
    if (it.estimated != row->estimated)
        wrong(row->estimated ? "times that cannot be were handed on" : "times of its own without need");
    if (it.went_back && (it.vm || strstr(row->script, "jump") == NULL))
        wrong("timestamps went back");
}

/* Everything is given back, and the camera used anew; answers what that gives. */
static inline int32_t use_anew(void)
{
    camera_input *input = NULL;
    OK(camera_manager_create_input(it.manager, story.id, &input));
    int32_t code = camera_input_open(input);
    if (code == 0) {
        camera_surface *surface = t_surface(it.manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
        camera_output *preview = t_preview(it.manager, T_YUYV, 320, it.vm ? 180 : 240, surface);
        camera_session *session = t_session(it.manager);
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        OK(camera_session_commit_config(session));
        OK(camera_session_start(session));
        if (it.vm || strstr(it.row->script, "@0f") == NULL)
            OK(camera_frame_release(t_frame(surface)));
        OK(camera_session_release(session));
    }
    OK(camera_input_release(input));
    return code;
}

static inline void run_row(const struct row *row, struct line *line, bool vm)
{
    char refused[40] = "-", news[40] = "-    -   -", runs[60], late[20] = "-", anew[20];
    static const char *const calls[] = {"open", "commit", "start"};
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    it.row = row;
    it.line = line;
    it.vm = vm;
    it.rate = vm ? 15 : 30;
    begin_row();
    run_into_it();
    int cpu = cpu_percent();
    struct story now = told();
    judge(&now);
    for (int i = 0; i < 3; i++)
        if (it.code[i] != 0)
            snprintf(refused, sizeof refused, "%s %d", calls[i], brief(it.code[i]));
    if (now.session_errors > 0) {
        const int64_t times[] = {now.gone_ns, now.input_ns, now.session_ns, now.ended_ns};
        double each[4], periods = 0;
        for (int i = 0; i < 4; i++) {
            /* Before the call that struck had returned: at once. */
            each[i] = times[i] == 0 ? 0 : (double)(times[i] - kernel_told_ns()) / (double)period_ns();
            periods = each[i] > periods ? each[i] : periods;
        }
        snprintf(news, sizeof news, "%-4s %d %d", now.gone ? "gone" : "-", brief(now.input_code), brief(now.session_code));
        snprintf(late, sizeof late, "%.2f", periods);
        if (periods > (row->within ? row->within : 1) && t_scale() < 20) {
            bool only = *line->wrong == '\0';
            wrong("told late: camera %.2f, input %.2f, session %.2f, runs %.2f", each[0], each[1], each[2], each[3]);
            line->only_late = only;
        }
    }
    char ends[3][12] = {"-", "-", "-"};
    for (int i = 0; i < 2; i++)
        if (now.errors[i] > 0)
            snprintf(ends[i], sizeof ends[i], "%d", brief(now.codes[i]));
    if (atomic_load(&it.photo_code) != 0)
        snprintf(ends[2], sizeof ends[2], "%d", brief(atomic_load(&it.photo_code)));
    snprintf(runs, sizeof runs, "%3s %3s %3s", ends[0], ends[1], ends[2]);
    OK(camera_output_get_statistics(it.preview, &counts));
    if (row->lost && counts.lost == 0)
        wrong("nothing was lost");
    if (row->corrupt != (counts.corrupt > 0))
        wrong("%d are corrupt", (int)counts.corrupt);
    if (row->end != GOES_ON && cpu > 30 && t_scale() < 20)
        wrong("it spins");

    int32_t stop = camera_session_stop(it.session);
    if (row->end == GOES_ON ? stop != 0 : stop != 0 && stop != 7400201)
        wrong("stop: %s", camera_error_detail());
    if (t_state(it.session) != COMMITTED)
        wrong("not committed after stop");
    relent();
    while (take(0)) {
    }
    int32_t start = camera_session_start(it.session);
    if (start != (row->end == LOST ? 7400108 : 0))
        wrong("start again: %d, %s", brief(start), camera_error_detail());
    if (start == 0 && (vm || strstr(row->script, "@0f") == NULL)) {
        it.frames = 10; /* not to be held */
        take_until(12);
    }
    int32_t release = camera_session_release(it.session);
    if (release != 0)
        wrong("release: %s", camera_error_detail());
    CHECK_EQ(pthread_join(it.photographer, NULL), 0);
    OK(camera_output_release(it.preview));
    OK(camera_output_release(it.video));
    OK(camera_output_release(it.photo));
    OK(camera_surface_release(it.view));
    OK(camera_surface_release(it.tape));
    OK(camera_input_release(it.input));
    bool same = it.held == NULL || sum_of(it.held) == it.sum;
    if (!same)
        wrong("the held frame has changed");
    if (it.held != NULL)
        OK(camera_frame_release(it.held));
    if (row->end == LOST && row->anew == 0) {
        int64_t end = t_now_ms() + t_limit() * 300;
        while (told().back < 2 && t_now_ms() < end)
            t_sleep_ms(2);
        if (told().back != 2)
            wrong("it appeared %d times", told().back);
    }
    int32_t new_code = use_anew();
    if (new_code != t_long(row->anew))
        wrong("a new input: %d", brief(new_code));
    snprintf(anew, sizeof anew, "%d", brief(new_code));
    OK(camera_manager_release(it.manager));
    snprintf(line->text, sizeof line->text, "%-30s | %-10s | %-12s | %-11s | %5s | %d/%d | %3d %3d %3d | %-4s | %4d %3d %3d | %3d | %4s",
             row->name, refused, news, runs, late, now.completions, PENDING, brief(stop), brief(start), brief(release),
             it.held ? same ? "same" : "lost" : "-", (int)counts.delivered, (int)counts.lost, (int)counts.corrupt, cpu, anew);
    /* A photo that was asked for between the look and the fault had the camera started again: another try. */
    if (row->end == FAILED && now.begins[PREVIEW] > 1)
        line->only_late = true;
    if (*line->wrong && !line->only_late && now.detail[0])
        wrong("the session's detail: %s", now.detail);
}

#endif
