/*
 * test_state_table.c: section 3 of the contract, cell by cell: what each operation answers in each
 * state of a session, and the state afterwards. Every row that has an asynchronous form is tried
 * in both: there the call is accepted and its completion gets the code.
 *
 * The row of the controls is in the tests of their families, test_controls_exposure.c and others.
 */
#include "t_rig.h"

/* A session in the state of the column, and what the row wants beside it. */
struct world {
    struct t_rig rig;
    struct t_rig other; /* another session, on another camera */
    camera_input *input;
    camera_output *output;
};

static camera_manager *manager;

/* --- operations ----------------------------------------------------------------------------- */

/* What can_add_... answer, beside codes. */
enum { YES = 1, NO = 2 };

static int32_t begin_config(struct world *w) { return camera_session_begin_config(w->rig.session); }
static int32_t add_input(struct world *w)
{
    return camera_session_add_input(w->rig.session, w->input);
}
static int32_t remove_input(struct world *w)
{
    return camera_session_remove_input(w->rig.session, w->input);
}
static int32_t can_add_input(struct world *w)
{
    bool result = false;
    int32_t code = camera_session_can_add_input(w->rig.session, w->input, &result);
    return code ? code : result ? YES : NO;
}
static int32_t add_output(struct world *w)
{
    return camera_session_add_output(w->rig.session, w->output);
}
static int32_t remove_output(struct world *w)
{
    return camera_session_remove_output(w->rig.session, w->output);
}
static int32_t can_add_output(struct world *w)
{
    bool result = false;
    int32_t code = camera_session_can_add_output(w->rig.session, w->output, &result);
    return code ? code : result ? YES : NO;
}
static int32_t rate_15_to_15(struct world *w) { return camera_output_set_frame_rate(w->output, 15, 15); }
static int32_t rate_10_to_20(struct world *w) { return camera_output_set_frame_rate(w->output, 10, 20); }
static int32_t rate_5_to_60(struct world *w) { return camera_output_set_frame_rate(w->output, 5, 60); }
static int32_t rate_40_to_50(struct world *w) { return camera_output_set_frame_rate(w->output, 40, 50); }
static int32_t rate_61_to_90(struct world *w) { return camera_output_set_frame_rate(w->output, 61, 90); }

/* An operation in its blocking and in its asynchronous form. */
#define TWO_FORMS(name, function, object)                                          \
    static int32_t name(struct world *w) { return function(w->object); }           \
    static int32_t name##_async(struct world *w, void *ticket)                     \
    {                                                                              \
        return function##_async(w->object, t_completion, ticket);                  \
    }
TWO_FORMS(commit_config, camera_session_commit_config, rig.session)
TWO_FORMS(start, camera_session_start, rig.session)
TWO_FORMS(stop, camera_session_stop, rig.session)
TWO_FORMS(release, camera_session_release, rig.session)
TWO_FORMS(output_start, camera_output_start, output)
TWO_FORMS(output_stop, camera_output_stop, output)
TWO_FORMS(output_release, camera_output_release, output)
static int32_t capture(struct world *w) { return camera_output_capture(w->output, NULL); }
static int32_t capture_async(struct world *w, void *ticket)
{
    return camera_output_capture_async(w->output, NULL, t_completion, ticket);
}

/* --- what a row begins with ----------------------------------------------------------------- */

static void preview(struct world *w, int state) { (void)state; w->output = w->rig.preview; }
static void video(struct world *w, int state) { (void)state; w->output = w->rig.video; }
static void photo(struct world *w, int state) { (void)state; w->output = w->rig.photo; }

static void without_outputs(struct world *w, int state)
{
    if (state == CONFIG) {
        OK(camera_session_remove_output(w->rig.session, w->rig.preview));
        OK(camera_session_remove_output(w->rig.session, w->rig.photo));
        OK(camera_session_remove_output(w->rig.session, w->rig.video));
    }
}
static void without_input(struct world *w, int state)
{
    without_outputs(w, state);
    if (state == CONFIG)
        OK(camera_session_remove_input(w->rig.session, w->rig.input));
}
static void closed_input(struct world *w, int state)
{
    without_input(w, state);
    OK(camera_input_close(w->other.input));
    w->input = w->other.input;
}
/* Its handle is gone, and that is not asked about before the rest. */
static void released_input(struct world *w, int state)
{
    without_input(w, state);
    OK(camera_input_release(w->other.input));
    w->input = w->other.input;
}
static void released_other_input(struct world *w, int state)
{
    (void)state;
    OK(camera_input_release(w->other.input));
    w->input = w->other.input;
}
static void input_elsewhere(struct world *w, int state)
{
    without_input(w, state);
    t_rig_to(&w->other, CONFIG);
    w->input = w->other.input;
}
static void other_input(struct world *w, int state) { (void)state; w->input = w->other.input; }
/* An output in no session whose profile is offered. */
static void new_output(struct world *w, int state) { (void)state; w->output = w->other.preview; }
static void no_input(struct world *w, int state)
{
    without_input(w, state);
    w->output = w->other.preview;
}
static void not_offered(struct world *w, int state)
{
    (void)state;
    OK(camera_output_release(w->other.preview));
    w->output = w->other.preview = t_preview(manager, T_YUYV, 322, 240, w->other.view);
}
static void released_output(struct world *w, int state)
{
    (void)state;
    OK(camera_output_release(w->rig.preview));
    w->output = w->rig.preview;
}
static void released_photo(struct world *w, int state)
{
    (void)state;
    OK(camera_output_release(w->rig.photo));
    w->output = w->rig.photo;
}
static void output_elsewhere(struct world *w, int state)
{
    (void)state;
    t_rig_to(&w->other, CONFIG);
    w->output = w->other.preview;
}
static void running_preview(struct world *w, int state)
{
    w->output = w->rig.preview;
    if (state == COMMITTED)
        OK(camera_output_start(w->output));
}
static void stopped_preview(struct world *w, int state)
{
    w->output = w->rig.preview;
    if (state == STARTED)
        OK(camera_output_stop(w->output));
}
static void running_video(struct world *w, int state)
{
    w->output = w->rig.video;
    if (state == COMMITTED || state == STARTED)
        OK(camera_output_start(w->output));
}
/* The video keeps to 30 frames per second, and the preview is asked about. */
static void video_at_30(struct world *w, int state)
{
    w->output = w->rig.preview;
    if (state != INIT && state != RELEASED)
        OK(camera_output_set_frame_rate(w->rig.video, 30, 30));
}

/* Two previews of different sizes: commit will refuse them, but their rates do not conflict. */
static void another_size(struct world *w, int state)
{
    w->output = w->rig.preview;
    OK(camera_output_release(w->other.preview));
    w->other.preview = t_preview(manager, T_YUYV, 640, 480, w->other.view);
    if (state == CONFIG)
        OK(camera_session_add_output(w->rig.session, w->other.preview));
}

/* --- the table ------------------------------------------------------------------------------ */

struct cell {
    int code;
    int state; /* afterwards */
};
#define SAME -1
#define C(code) { code, SAME }
#define TO(state) { 0, state }

struct row {
    const char *name;
    const char *when;
    int32_t (*blocking)(struct world *);
    int32_t (*async)(struct world *, void *ticket); /* NULL: there is no such form */
    void (*prepare)(struct world *, int state);     /* NULL: nothing */
    struct cell cells[5];
};

static const int states[5] = {INIT, CONFIG, COMMITTED, STARTED, RELEASED};
static const char *const state_names[5] = {"INIT", "CONFIG", "COMMITTED", "STARTED", "RELEASED"};

/* clang-format off */
static const struct row table[] = {
    /*                                                            INIT          CONFIG         COMMITTED      STARTED        RELEASED */
    {"begin_config",   "", begin_config, NULL, NULL,              {TO(CONFIG),  C(105),        TO(CONFIG),    TO(CONFIG),    C(201)}},
    {"commit_config",  "", commit_config, commit_config_async,
                           NULL,                                  {C(102),      TO(COMMITTED), C(102),        C(102),        C(102)}},
    {"commit_config",  "without an input", commit_config,
                           commit_config_async, without_input,    {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"commit_config",  "without outputs", commit_config,
                           commit_config_async, without_outputs,  {C(102),      C(201),        C(102),        C(102),        C(102)}},

    {"can_add_input",  "no input yet", can_add_input, NULL,
                           without_input,                         {C(NO),       C(YES),        C(NO),         C(NO),         C(NO)}},
    {"can_add_input",  "input present", can_add_input, NULL,
                           other_input,                           {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"can_add_input",  "device in another session", can_add_input,
                           NULL, input_elsewhere,                 {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"can_add_input",  "input closed", can_add_input, NULL,
                           closed_input,                          {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"add_input",      "no input yet", add_input, NULL,
                           without_input,                         {C(102),      C(0),          C(102),        C(102),        C(102)}},
    {"add_input",      "input present", add_input, NULL,
                           other_input,                           {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"add_input",      "device in another session", add_input,
                           NULL, input_elsewhere,                 {C(102),      C(102),        C(102),        C(102),        C(102)}},
    {"add_input",      "input closed", add_input, NULL,
                           closed_input,                          {C(102),      C(108),        C(102),        C(102),        C(102)}},
    {"add_input",      "input released", add_input, NULL,
                           released_input,                        {C(102),      C(108),        C(102),        C(102),        C(102)}},
    {"add_input",      "input present, another released", add_input,
                           NULL, released_other_input,            {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"remove_input",   "its input", remove_input, NULL, NULL,     {C(102),      C(0),          C(102),        C(102),        C(102)}},
    {"remove_input",   "another input", remove_input, NULL,
                           other_input,                           {C(102),      C(201),        C(102),        C(102),        C(102)}},

    {"can_add_output", "offered", can_add_output, NULL,
                           new_output,                            {C(NO),       C(YES),        C(NO),         C(NO),         C(NO)}},
    {"can_add_output", "in this session already", can_add_output,
                           NULL, preview,                         {C(NO),       C(YES),        C(NO),         C(NO),         C(NO)}},
    {"can_add_output", "no input", can_add_output, NULL,
                           no_input,                              {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"can_add_output", "profile not offered", can_add_output,
                           NULL, not_offered,                     {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"can_add_output", "released", can_add_output, NULL,
                           released_output,                       {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"can_add_output", "in another session", can_add_output,
                           NULL, output_elsewhere,                {C(NO),       C(NO),         C(NO),         C(NO),         C(NO)}},
    {"add_output",     "offered", add_output, NULL, new_output,   {C(102),      C(0),          C(102),        C(102),        C(102)}},
    {"add_output",     "in this session already", add_output,
                           NULL, preview,                         {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"add_output",     "no input", add_output, NULL, no_input,    {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"add_output",     "profile not offered", add_output, NULL,
                           not_offered,                           {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"add_output",     "released", add_output, NULL,
                           released_output,                       {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"add_output",     "in another session", add_output, NULL,
                           output_elsewhere,                      {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"remove_output",  "in it", remove_output, NULL, preview,     {C(102),      C(0),          C(102),        C(102),        C(102)}},
    {"remove_output",  "not in it", remove_output, NULL,
                           new_output,                            {C(102),      C(201),        C(102),        C(102),        C(102)}},
    {"remove_output",  "released", remove_output, NULL,
                           released_output,                       {C(102),      C(201),        C(102),        C(102),        C(102)}},

    {"start",          "", start, start_async, NULL,              {C(103),      C(103),        TO(STARTED),   C(201),        C(103)}},
    {"stop",           "", stop, stop_async, NULL,                {C(201),      C(201),        C(201),        TO(COMMITTED), C(201)}},
    {"release",        "", release, release_async, NULL,          {TO(RELEASED), TO(RELEASED), TO(RELEASED),  TO(RELEASED),  C(201)}},

    /* In STARTED the preview runs. */
    {"preview start",  "", output_start, output_start_async,
                           preview,                               {C(103),      C(103),        C(0),          C(201),        C(103)}},
    {"preview start",  "running by its own start", output_start,
                           output_start_async, running_preview,   {C(103),      C(103),        C(201),        C(201),        C(103)}},
    {"preview start",  "stopped by its own stop", output_start,
                           output_start_async, stopped_preview,   {C(103),      C(103),        C(0),          C(0),          C(103)}},
    {"preview start",  "released", output_start,
                           output_start_async, released_output,   {C(103),      C(103),        C(103),        C(103),        C(103)}},
    {"video start",    "", output_start, output_start_async,
                           video,                                 {C(103),      C(103),        C(0),          C(0),          C(103)}},
    {"video start",    "running", output_start,
                           output_start_async, running_video,     {C(103),      C(103),        C(201),        C(201),        C(103)}},
    {"preview stop",   "", output_stop, output_stop_async,
                           preview,                               {C(201),      C(201),        C(201),        C(0),          C(201)}},
    {"preview stop",   "running by its own start", output_stop,
                           output_stop_async, running_preview,    {C(201),      C(201),        C(0),          C(0),          C(201)}},
    {"preview stop",   "stopped by its own stop", output_stop,
                           output_stop_async, stopped_preview,    {C(201),      C(201),        C(201),        C(201),        C(201)}},
    {"preview stop",   "released", output_stop,
                           output_stop_async, released_output,    {C(201),      C(201),        C(201),        C(201),        C(201)}},
    {"video stop",     "", output_stop, output_stop_async, video, {C(201),      C(201),        C(201),        C(201),        C(201)}},
    {"video stop",     "running", output_stop, output_stop_async,
                           running_video,                         {C(201),      C(201),        C(0),          C(0),          C(201)}},
    {"photo capture",  "", capture, capture_async, photo,         {C(104),      C(104),        C(0),          C(0),          C(104)}},
    {"photo capture",  "released", capture, capture_async,
                           released_photo,                        {C(104),      C(104),        C(104),        C(104),        C(104)}},
    {"output release", "", output_release, output_release_async,
                           preview,                               {C(0),        C(0),          C(0),          C(0),          C(0)}},
    {"output release", "running", output_release,
                           output_release_async, running_video,   {C(0),        C(0),          C(0),          C(0),          C(0)}},
    {"output release", "released", output_release,
                           output_release_async, released_output, {C(201),      C(201),        C(201),        C(201),        C(201)}},

    /* In INIT and RELEASED the outputs are in no session. */
    {"set_frame_rate", "in no session", rate_15_to_15, NULL,
                           new_output,                            {C(103),      C(103),        C(103),        C(103),        C(103)}},
    {"set_frame_rate", "a range that is listed", rate_15_to_15,
                           NULL, preview,                         {C(103),      C(0),          C(0),          C(0),          C(103)}},
    {"set_frame_rate", "within a range", rate_10_to_20, NULL,
                           video,                                 {C(103),      C(0),          C(0),          C(0),          C(103)}},
    {"set_frame_rate", "while running", rate_10_to_20, NULL,
                           running_video,                         {C(103),      C(0),          C(0),          C(0),          C(103)}},
    {"set_frame_rate", "unchanged", rate_5_to_60, NULL, video,    {C(103),      C(101),        C(101),        C(101),        C(103)}},
    {"set_frame_rate", "not supported", rate_61_to_90, NULL,
                           preview,                               {C(103),      C(101),        C(101),        C(101),        C(103)}},
    {"set_frame_rate", "between the camera's rates", rate_40_to_50,
                           NULL, preview,                         {C(103),      C(101),        C(101),        C(101),        C(103)}},
    {"set_frame_rate", "conflict with the video", rate_15_to_15,
                           NULL, video_at_30,                     {C(103),      C(110),        C(110),        C(110),        C(103)}},
    {"set_frame_rate", "beside another size", rate_15_to_15, NULL,
                           another_size,                          {C(103),      C(0),          C(0),          C(0),          C(103)}},
    {"set_frame_rate", "released", rate_15_to_15, NULL,
                           released_output,                       {C(103),      C(103),        C(103),        C(103),        C(103)}},
};
/* clang-format on */

static void try_cell(const struct row *row, int column, bool async)
{
    int state = states[column];
    struct world w = {t_rig(manager, 0), t_rig(manager, 1), NULL, NULL};
    w.input = w.rig.input;
    t_rig_to(&w.rig, state);
    if (row->prepare)
        row->prepare(&w, state);
    CHECK_EQ(t_state(w.rig.session), state);

    const struct cell *cell = &row->cells[column];
    int after = cell->state == SAME ? state : cell->state;
    const char *form = async ? "_async" : "";
    int32_t code;
    struct t_results results = T_RESULTS_INIT;
    if (async) {
        ACCEPT(row->async(&w, t_ticket(&results, 0)));
        WAIT_UNTIL(t_result_count(&results) > 0);
        code = results.at[0].code;
    } else {
        code = row->blocking(&w);
        EXPECT(code < 100 || *camera_error_detail(), "%s: no detail", row->name);
    }
    int32_t expected = t_long(cell->code);
    EXPECT(code == expected, "%s%s (%s) in %s is %d, not %d: %s", row->name, form, row->when,
           state_names[column], (int)code, (int)expected,
           async ? results.at[0].detail : camera_error_detail());
    EXPECT(t_state(w.rig.session) == after, "%s%s (%s) in %s: state %d follows, not %d", row->name,
           form, row->when, state_names[column], (int)t_state(w.rig.session), after);
    t_rig_release(&w.rig);
    t_rig_release(&w.other);
    CHECK(t_result_count(&results) == (async ? 1 : 0));
}

static void every_cell(bool async)
{
    manager = t_manager();
    for (size_t row = 0; row < T_COUNT(table); row++) {
        for (int column = 0; column < 5; column++) {
            if (!async || table[row].async)
                try_cell(&table[row], column, async);
        }
    }
    OK(camera_manager_release(manager));
}

static void every_cell_blocking(void) { every_cell(false); }
static void every_cell_async(void) { every_cell(true); }

/* Arguments come before the state: 101 in every state, and nothing changes. */
static void bad_arguments_come_first(void)
{
    struct t_results results = T_RESULTS_INIT;
    manager = t_manager();
    for (int column = 0; column < 5; column++) {
        struct t_rig rig = t_rig_in(manager, 0, states[column]);
        int on_stack = 0;
        bool answer = true;
        void *bad[] = {NULL, (void *)(uintptr_t)1, &on_stack, manager, rig.session, rig.view};
        for (size_t i = 0; i < T_COUNT(bad); i++) {
            CHECK_CODE(camera_session_can_add_input(rig.session, bad[i], &answer), 101);
            CHECK_CODE(camera_session_add_input(rig.session, bad[i]), 101);
            CHECK_CODE(camera_session_remove_input(rig.session, bad[i]), 101);
            CHECK_CODE(camera_session_can_add_output(rig.session, bad[i], &answer), 101);
            CHECK_CODE(camera_session_add_output(rig.session, bad[i]), 101);
            CHECK_CODE(camera_session_remove_output(rig.session, bad[i]), 101);
        }
        CHECK_CODE(camera_session_can_add_input(rig.session, rig.input, NULL), 101);
        CHECK_CODE(camera_session_can_add_output(rig.session, rig.preview, NULL), 101);
        CHECK(answer);
        void *ticket = t_ticket(&results, 0);
        CHECK_CODE(camera_session_commit_config_async(rig.session, NULL, ticket), 101);
        CHECK_CODE(camera_session_start_async(rig.session, NULL, ticket), 101);
        CHECK_CODE(camera_session_stop_async(rig.session, NULL, ticket), 101);
        CHECK_CODE(camera_session_release_async(rig.session, NULL, ticket), 101);
        CHECK_CODE(camera_output_start_async(rig.preview, NULL, ticket), 101);
        CHECK_CODE(camera_output_stop_async(rig.preview, NULL, ticket), 101);
        CHECK_CODE(camera_output_release_async(rig.preview, NULL, ticket), 101);
        CHECK_CODE(camera_output_capture_async(rig.photo, NULL, NULL, ticket), 101);
        /* The wrong kind of output. */
        CHECK_CODE(camera_output_start(rig.photo), 101);
        CHECK_CODE(camera_output_stop(rig.photo), 101);
        CHECK_CODE(camera_output_capture(rig.preview, NULL), 101);
        CHECK_CODE(camera_output_set_frame_rate(rig.photo, 15, 15), 101);
        camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
        settings.quality = 9;
        CHECK_CODE(camera_output_capture(rig.photo, &settings), 101);
        CHECK_CODE(camera_output_set_frame_rate(rig.video, 0, 30), 101);
        CHECK_CODE(camera_output_set_frame_rate(rig.video, 30, 15), 101);
        CHECK_EQ(t_state(rig.session), states[column]);
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
    CHECK_EQ(t_result_count(&results), 0);
}

/* begin_config on a running session stops its streams; the next commit starts nothing. */
static void begin_stops_the_streams(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    OK(camera_output_start(rig.video));
    OK(camera_frame_release(t_frame(rig.view)));
    OK(camera_frame_release(t_frame(rig.tape)));
    OK(camera_session_begin_config(rig.session));
    uint64_t view = t_statistics(rig.view).arrived, tape = t_statistics(rig.tape).arrived;
    t_sleep_ms(100);
    OK(camera_session_commit_config(rig.session));
    CHECK_CODE(camera_output_stop(rig.preview), 201);
    CHECK_CODE(camera_output_stop(rig.video), 201);
    t_sleep_ms(100);
    CHECK_EQ(t_statistics(rig.view).arrived, view);
    CHECK_EQ(t_statistics(rig.tape).arrived, tape);
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(t_statistics(rig.view).arrived > view);
    CHECK_CODE(camera_output_stop(rig.video), 201);
    OK(camera_output_start(rig.video));
    WAIT_UNTIL(t_statistics(rig.tape).arrived > tape);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_cell_blocking),
        CASE(every_cell_async),
        CASE(bad_arguments_come_first),
        CASE(begin_stops_the_streams),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
