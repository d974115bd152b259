/*
 * VM: every control family, on a camera that has everything, on a cheap webcam and on one without
 * controls: one table for each, printed by the test. In the virtual machine the camera is the kernel's
 * camera simulator (vivid).
 *
 * A row says what a program gets: whether the camera can do it, what was set and what is read back, what is
 * seen of it in the frames, what is told, and with which code the session answers in each of its states:
 * INIT, CONFIG (with an input), COMMITTED, STARTED, RELEASED. Each row's camera is a fresh one.
 */
#include "t_look.h"

#include <linux/v4l2-controls.h>

enum { FULL = 1, BASIC = 2, PLAIN = 4, VIVID = 8, EVERY = 15 };

struct things {
    camera_manager *manager;
    camera_input *input;
    camera_session *session;
    camera_output *photo;
};

typedef int32_t step_fn(struct things *);
/* Writes the answer for people, on success. */
typedef int32_t ask_fn(struct things *, char *text);

struct row {
    const char *name;
    int on; /* the cameras that can do it */
    ask_fn *query, *get;
    step_fn *set;
    const char *wanted; /* read back; NULL: the last that the range has */
    enum t_effect effect;
    const char *told;   /* an event, or the name of a control that changes with it; NULL: nothing must be */
    step_fn *prepare;   /* before; may be NULL */
    step_fn *act;       /* to see the effect; may be NULL */
    const char *codes;  /* of set, where they are not those of a control of sessions */
};

enum { WIDTH = 64 };
static void say(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(char *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, WIDTH, format, arguments);
    va_end(arguments);
}

/* --- the calls ------------------------------------------------------------------------------ */

/* A function that asks one question, and one that makes one call. */
#define ASKS(function, declaration, call, ...)              \
    static int32_t function(struct things *t, char *text)   \
    {                                                       \
        declaration;                                        \
        int32_t code = call;                                \
        if (code == 0)                                      \
            say(text, __VA_ARGS__);                         \
        return code;                                        \
    }
#define DOES(function, call) \
    static int32_t function(struct things *t) { return call; }
#define IS(function, call, mode) \
    ASKS(function, bool yes, call(t->session, mode, &yes), "%s", yes ? "yes" : "no")
#define NUMBER(function, call, names) \
    ASKS(function, int32_t value, call(t->session, &value), "%s", names(value))

static const char *number(int32_t value)
{
    static char text[16];
    snprintf(text, sizeof text, "%d", (int)value);
    return text;
}
static const char *flash_name(int32_t mode)
{
    static const char *const names[] = {"close", "open", "auto", "always open"};
    return names[mode & 3];
}
static const char *exposure_name(int32_t mode)
{
    static const char *const names[] = {"unspecified", "locked", "auto", "continuous auto", "manual"};
    return names[mode + 1];
}
static const char *metering_name(int32_t mode)
{
    static const char *const names[] = {"matrix", "center", "spot"};
    return names[mode];
}
static const char *balance_name(int32_t mode)
{
    static const char *const names[] = {"auto", "cloudy", "incandescent", "fluorescent", "daylight", "manual", "locked"};
    return names[mode];
}
static const char *focus_name(int32_t mode)
{
    static const char *const names[] = {"manual", "continuous auto", "auto", "locked"};
    return names[mode];
}
static const char *steady_name(int32_t mode)
{
    static const char *const names[] = {"off", "low", "middle", "high", "auto"};
    return names[mode];
}

static const camera_point corner = {0.25, 0.75};

IS(can_flash, camera_session_is_flash_mode_supported, CAMERA_FLASH_MODE_OPEN)
IS(can_light, camera_session_is_flash_mode_supported, CAMERA_FLASH_MODE_ALWAYS_OPEN)
NUMBER(get_flash, camera_session_get_flash_mode, flash_name)
DOES(set_flash, camera_session_set_flash_mode(t->session, CAMERA_FLASH_MODE_OPEN))
DOES(set_light, camera_session_set_flash_mode(t->session, CAMERA_FLASH_MODE_ALWAYS_OPEN))
DOES(capture, camera_output_capture(t->photo, NULL))

IS(can_lock, camera_session_is_exposure_mode_supported, CAMERA_EXPOSURE_MODE_LOCKED)
IS(can_expose, camera_session_is_exposure_mode_supported, CAMERA_EXPOSURE_MODE_MANUAL)
NUMBER(get_mode, camera_session_get_exposure_mode, exposure_name)
DOES(set_locked, camera_session_set_exposure_mode(t->session, CAMERA_EXPOSURE_MODE_LOCKED))
DOES(set_manual, camera_session_set_exposure_mode(t->session, CAMERA_EXPOSURE_MODE_MANUAL))
ASKS(duration_range, int32_t a; int32_t b, camera_session_get_supported_exposure_duration_range(t->session, &a, &b),
     "%d to %d us", (int)a, (int)b)
NUMBER(get_duration, camera_session_get_exposure_duration, number)
DOES(set_duration, camera_session_set_exposure_duration(t->session, 40000))
DOES(expose_usually, camera_session_set_exposure_duration(t->session, 10000))

IS(can_meter, camera_session_is_exposure_metering_mode_supported, CAMERA_EXPOSURE_METERING_MODE_SPOT)
NUMBER(get_metering, camera_session_get_exposure_metering_mode, metering_name)
DOES(set_metering, camera_session_set_exposure_metering_mode(t->session, CAMERA_EXPOSURE_METERING_MODE_SPOT))
ASKS(get_metering_point, camera_point p, camera_session_get_metering_point(t->session, &p), "%g, %g", p.x, p.y)
DOES(set_metering_point, camera_session_set_metering_point(t->session, corner))

ASKS(bias_range, float a; float b; float c, camera_session_get_exposure_bias_range(t->session, &a, &b, &c),
     "%+.0f to %+.0f EV", (double)a, (double)b)
ASKS(get_bias, float value, camera_session_get_exposure_bias(t->session, &value), "%+g", (double)value)
DOES(set_bias, camera_session_set_exposure_bias(t->session, 2))
ASKS(get_value, float value, camera_session_get_exposure_value(t->session, &value), "%+g", (double)value)

ASKS(iso_range, int32_t a; int32_t b, camera_session_get_supported_iso_range(t->session, &a, &b), "%d to %d", (int)a, (int)b)
NUMBER(get_iso, camera_session_get_iso, number)
DOES(set_iso, camera_session_set_iso(t->session, 800))

IS(can_preset, camera_session_is_white_balance_mode_supported, CAMERA_WHITE_BALANCE_MODE_INCANDESCENT)
NUMBER(get_balance, camera_session_get_white_balance_mode, balance_name)
DOES(set_preset, camera_session_set_white_balance_mode(t->session, CAMERA_WHITE_BALANCE_MODE_INCANDESCENT))
ASKS(kelvin_range, int32_t a; int32_t b, camera_session_get_white_balance_range(t->session, &a, &b), "%d to %d K", (int)a, (int)b)
NUMBER(get_kelvin, camera_session_get_white_balance, number)
DOES(set_kelvin, camera_session_set_white_balance(t->session, 6500))

IS(can_focus, camera_session_is_focus_mode_supported, CAMERA_FOCUS_MODE_AUTO)
IS(can_set_lens, camera_session_is_focus_mode_supported, CAMERA_FOCUS_MODE_MANUAL)
NUMBER(get_focus, camera_session_get_focus_mode, focus_name)
DOES(set_focus, camera_session_set_focus_mode(t->session, CAMERA_FOCUS_MODE_AUTO))
DOES(set_lens, camera_session_set_focus_mode(t->session, CAMERA_FOCUS_MODE_MANUAL))
ASKS(get_focus_point, camera_point p, camera_session_get_focus_point(t->session, &p), "%g, %g", p.x, p.y)
DOES(set_focus_point, camera_session_set_focus_point(t->session, corner))
ASKS(can_distance, bool yes, camera_session_is_focus_distance_supported(t->session, &yes), "%s", yes ? "yes" : "no")
ASKS(get_distance, double value, camera_session_get_focus_distance(t->session, &value), "%.1f", value)
DOES(set_distance, camera_session_set_focus_distance(t->session, 1))

ASKS(zoom_range, double a; double b, camera_session_get_zoom_ratio_range(t->session, &a, &b), "%g to %g", a, b)
ASKS(get_zoom, double value, camera_session_get_zoom_ratio(t->session, &value), "%g", value)
DOES(set_zoom, camera_session_set_zoom_ratio(t->session, 3))
DOES(set_zoom_smoothly, camera_session_set_smooth_zoom(t->session, 3, CAMERA_SMOOTH_ZOOM_MODE_NORMAL))

IS(can_steady, camera_session_is_video_stabilization_mode_supported, CAMERA_VIDEO_STABILIZATION_MODE_AUTO)
NUMBER(get_steady, camera_session_get_video_stabilization_mode, steady_name)
DOES(set_steady, camera_session_set_video_stabilization_mode(t->session, CAMERA_VIDEO_STABILIZATION_MODE_AUTO))

ASKS(can_torch, bool yes, camera_manager_is_torch_supported(t->manager, &yes), "%s", yes ? "yes" : "no")
ASKS(get_torch, int32_t mode, camera_manager_get_torch_mode(t->manager, &mode), "%s", mode ? "on" : "off")
DOES(set_torch, camera_manager_set_torch_mode(t->manager, CAMERA_TORCH_MODE_ON))

/* Raw controls: what is asked first is the control's range. */
static int64_t most(struct things *t, uint32_t id)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    return camera_input_describe_control(t->input, id, &control) == 0 ? control.maximum : 0;
}
#define RAW(name, id, value)                                                                                  \
    ASKS(raw_##name, camera_control_info c = CAMERA_CONTROL_INFO_INIT,                                        \
         camera_input_describe_control(t->input, id, &c), "%d to %d", (int)c.minimum, (int)c.maximum)         \
    ASKS(get_raw_##name, int64_t now, camera_input_get_control(t->input, id, &now), "%d", (int)now)           \
    DOES(set_raw_##name, camera_input_set_control(t->input, id, value))
RAW(brightness, V4L2_CID_BRIGHTNESS, most(t, V4L2_CID_BRIGHTNESS))
RAW(saturation, V4L2_CID_SATURATION, 0)
RAW(flip, V4L2_CID_HFLIP, 1)
RAW(autogain, V4L2_CID_AUTOGAIN, 0)

#define EVENT_FOCUS "event FOCUS_STATE"
#define EVENT_ZOOM "event SMOOTH_ZOOM_INFO"
#define EVENT_TORCH "event TORCH_STATUS"

static const struct row rows[] = {
    {"flash: open", FULL, can_flash, get_flash, set_flash, "open", T_BRIGHTER, "Strobe Status", NULL, capture, NULL},
    {"flash: always open", FULL, can_light, get_flash, set_light, "always open", T_BRIGHTER, NULL, NULL, NULL, NULL},
    {"exposure: locked", FULL, can_lock, get_mode, set_locked, "locked", T_STEADY, NULL, NULL, NULL, NULL},
    {"exposure: manual", FULL | BASIC, can_expose, get_mode, set_manual, "manual", T_STEADY, "Exposure Time, Absolute",
     NULL, NULL, NULL},
    {"exposure: 40000 us", FULL | BASIC, duration_range, get_duration, set_duration, "40000", T_BRIGHTER,
     NULL, expose_usually, NULL, NULL},
    {"metering: spot", FULL, can_meter, get_metering, set_metering, "spot", T_NOTHING, NULL, NULL, NULL, NULL},
    {"metering point", 0, NULL, get_metering_point, set_metering_point, NULL, T_NOTHING, NULL, NULL, NULL, NULL},
    {"exposure bias: +2 EV", FULL, bias_range, get_bias, set_bias, "+2", T_BRIGHTER, NULL, NULL, NULL, NULL},
    {"exposure value", FULL, bias_range, get_value, set_bias, "+2", T_BRIGHTER, NULL, NULL, NULL, NULL},
    {"ISO: 800", FULL, iso_range, get_iso, set_iso, "800", T_BRIGHTER, "ISO Sensitivity", expose_usually, NULL, NULL},
    {"balance: incandescent", FULL, can_preset, get_balance, set_preset, "incandescent", T_BLUER,
     "White Balance, Automatic", NULL, NULL, NULL},
    {"balance: 6500 K", FULL, kelvin_range, get_kelvin, set_kelvin, "6500", T_WARMER, "White Balance Temperature", NULL,
     NULL, NULL},
    {"focus: auto", FULL, can_focus, get_focus, set_focus, "auto", T_NOTHING, EVENT_FOCUS, NULL, NULL, NULL},
    {"focus: manual", FULL, can_set_lens, get_focus, set_lens, "manual", T_NOTHING, "Focus, Absolute", NULL, NULL, NULL},
    {"focus point", 0, NULL, get_focus_point, set_focus_point, NULL, T_NOTHING, NULL, NULL, NULL, NULL},
    {"focus distance: 1", FULL, can_distance, get_distance, set_distance, "1.0", T_BLURRED, "Focus, Absolute", NULL,
     NULL, NULL},
    {"zoom: 3", EVERY, zoom_range, get_zoom, set_zoom, "3", T_NEARER, NULL, NULL, NULL, NULL},
    {"smooth zoom: to 3", EVERY, zoom_range, get_zoom, set_zoom_smoothly, "3", T_NEARER, EVENT_ZOOM, NULL, NULL, NULL},
    {"stabilization: auto", FULL, can_steady, get_steady, set_steady, "auto", T_NOTHING, NULL, NULL, NULL, NULL},
    {"torch: on", FULL, can_torch, get_torch, set_torch, "on", T_NOTHING, EVENT_TORCH, NULL, NULL, "0 102 102 102 0"},
    {"raw Brightness: most", FULL | BASIC | VIVID, raw_brightness, get_raw_brightness, set_raw_brightness, NULL, T_BRIGHTER,
     NULL, NULL, NULL, "0 0 0 0 201"},
    {"raw Saturation: 0", FULL | VIVID, raw_saturation, get_raw_saturation, set_raw_saturation, "0", T_GREYER, NULL, NULL,
     NULL, "0 0 0 0 201"},
    {"raw Horizontal Flip: 1", FULL | VIVID, raw_flip, get_raw_flip, set_raw_flip, "1", T_MIRRORED, NULL, NULL, NULL,
     "0 0 0 0 201"},
    {"raw Gain, Automatic: 0", FULL | VIVID, raw_autogain, get_raw_autogain, set_raw_autogain, "0", T_STEADY, "Gain", NULL,
     NULL, "0 0 0 0 201"},
};

static bool is_raw(const struct row *row)
{
    return strncmp(row->name, "raw", 3) == 0;
}

static bool is_torch(const struct row *row)
{
    return row->get == get_torch;
}

/* --- what is told --------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    size_t count;
    char what[64][WIDTH];
    struct {
        uint32_t id;
        char name[64];
    } names[128];
    size_t known;
} news = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(const char *what)
{
    pthread_mutex_lock(&news.lock);
    if (news.count < T_COUNT(news.what))
        snprintf(news.what[news.count++], WIDTH, "%s", what);
    pthread_mutex_unlock(&news.lock);
}

static void on_input(camera_input *input, const camera_input_event *event, void *user_data)
{
    (void)input, (void)user_data;
    for (size_t i = 0; i < news.known; i++)
        if (event->type == CAMERA_INPUT_EVENT_TYPE_CONTROL && news.names[i].id == event->control)
            note(news.names[i].name);
}

static void on_session(camera_session *session, const camera_session_event *event, void *user_data)
{
    (void)session, (void)user_data;
    if (event->type == CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE)
        note(EVENT_FOCUS);
    else if (event->type == CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO)
        note(EVENT_ZOOM);
}

static void on_manager(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    (void)manager, (void)user_data;
    if (event->type == CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS)
        note(EVENT_TORCH);
}

/* Listens to everything, and watches each of the camera's controls. */
static void listen(struct things *t)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    uint64_t listener = 0;
    news.count = news.known = 0;
    /* A camera without controls has none to begin with. */
    while (camera_input_get_next_control(t->input, control.id, &control) == 0 && control.id != 0) {
        CHECK(news.known < T_COUNT(news.names));
        news.names[news.known].id = control.id;
        memcpy(news.names[news.known++].name, control.name, sizeof control.name);
        /* Of the simulator's own controls, some cannot be watched. */
        (void)camera_input_watch_control(t->input, control.id, true);
    }
    OK(camera_input_add_listener(t->input, on_input, NULL, NULL, &listener));
    OK(camera_session_add_listener(t->session, on_session, NULL, NULL, &listener));
    OK(camera_manager_add_listener(t->manager, on_manager, NULL, NULL, &listener));
}

/* Waits for it. */
static bool is_told(const char *what)
{
    bool found = false;
    for (int64_t end = t_now_ms() + t_limit() * 100; !found && t_now_ms() < end; t_sleep_ms(2)) {
        pthread_mutex_lock(&news.lock);
        for (size_t i = 0; i < news.count; i++)
            found |= strcmp(news.what[i], what) == 0;
        pthread_mutex_unlock(&news.lock);
    }
    return found;
}

/* --- a row ---------------------------------------------------------------------------------- */

static const int states[5] = {INIT, CONFIG, COMMITTED, STARTED, RELEASED};

struct camera {
    const char *title, *sources;
    int bit;
};

struct result {
    char supported[WIDTH], set[WIDTH], back[WIDTH], seen[WIDTH], told[WIDTH];
    int query_codes[5], get_codes[5], set_codes[5];
    char wrong[WIDTH];
};

/* What is not as it should be is noted once, the first. */
#define RIGHT(condition, ...)                                   \
    do {                                                        \
        if (!(condition) && !result->wrong[0])                  \
            say(result->wrong, __VA_ARGS__);                    \
    } while (0)

struct scene {
    struct t_rig rig;
    struct things things;
};

static camera_input *first_input(camera_manager *manager)
{
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_list *list = NULL;
    camera_input *input = NULL;
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get(list, 0, &camera));
    OK(camera_list_release(list));
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    return input;
}

/* A session in this state, of a preview and photos. */
static struct scene scene_in(camera_manager *manager, int state)
{
    struct scene scene;
    memset(&scene, 0, sizeof scene);
    struct t_rig *rig = &scene.rig;
    rig->manager = manager;
    rig->input = first_input(manager);
    rig->view = t_surface(manager, 4, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    rig->preview = t_preview(manager, T_YUYV, 640, 360, rig->view);
    rig->photo = t_photo(manager, 640, 360, NULL);
    rig->session = t_session(manager);
    if (state != INIT) {
        OK(camera_session_begin_config(rig->session));
        OK(camera_session_add_input(rig->session, rig->input));
        OK(camera_session_add_output(rig->session, rig->preview));
        OK(camera_session_add_output(rig->session, rig->photo));
        if (state != CONFIG)
            OK(camera_session_commit_config(rig->session));
        if (state == STARTED || state == RELEASED)
            OK(camera_session_start(rig->session));
        if (state == RELEASED)
            OK(camera_session_release(rig->session));
    }
    scene.things = (struct things){manager, rig->input, rig->session, rig->photo};
    return scene;
}

/* The driver keeps what was set: everything that can be is as it was. */
static void put_back(camera_input *input)
{
    static const uint32_t changed[] = {V4L2_CID_BRIGHTNESS, V4L2_CID_SATURATION, V4L2_CID_HFLIP, V4L2_CID_AUTOGAIN};
    for (size_t i = 0; i < T_COUNT(changed); i++) {
        camera_control_info control = CAMERA_CONTROL_INFO_INIT;
        if (camera_input_describe_control(input, changed[i], &control) == 0)
            OK(camera_input_set_control(input, changed[i], control.default_value));
    }
}

static void leave(struct scene *scene)
{
    put_back(scene->rig.input);
    OK(camera_manager_release(scene->rig.manager));
}

static int short_code(int32_t code)
{
    return code >= 7400000 ? code - 7400000 : code;
}

/* Which codes it answers with in each state; once for all rows. */
static void ask_in_every_state(const struct camera *camera, struct result *results)
{
    for (size_t s = 0; s < T_COUNT(states); s++) {
        struct scene scene = scene_in(t_manager_of(camera->sources, CAMERA_DISPATCH_LIBRARY), states[s]);
        for (size_t r = 0; r < T_COUNT(rows); r++) {
            char text[WIDTH];
            const struct row *row = &rows[r];
            results[r].query_codes[s] = row->query ? short_code(row->query(&scene.things, text)) : -1;
            results[r].get_codes[s] = short_code(row->get(&scene.things, text));
            results[r].set_codes[s] = short_code(row->set(&scene.things));
            if (is_torch(row))
                (void)camera_manager_set_torch_mode(scene.things.manager, CAMERA_TORCH_MODE_OFF);
        }
        leave(&scene);
    }
}

static void list_codes(char *text, const int *codes)
{
    say(text, "%d %d %d %d %d", codes[0], codes[1], codes[2], codes[3], codes[4]);
}

/* Session controls: 103 outside of COMMITTED and STARTED, but that queries are answered in CONFIG too. */
static void check_codes(const struct row *row, bool can, struct result *result)
{
    for (size_t s = 0; s < T_COUNT(states); s++) {
        bool ready = states[s] == COMMITTED || states[s] == STARTED;
        bool of_session = !is_raw(row) && !is_torch(row);
        /* A session that is released has closed its input. */
        bool gone = is_raw(row) && states[s] == RELEASED;
        int query = result->query_codes[s], get = result->get_codes[s], set = result->set_codes[s];
        if (of_session && !ready && states[s] != CONFIG)
            RIGHT(query == 103 || !row->query, "query: %d in state %d", query, states[s]);
        else if (row->query && !gone)
            RIGHT(query == 0 || (!can && query == 102), "query: %d in state %d", query, states[s]);
        if (of_session && !ready)
            RIGHT(get == 103 && set == 103, "get, set: %d, %d in state %d", get, set, states[s]);
        else if (gone)
            RIGHT(query == 201 && get == 201 && set == 201, "query, get, set: %d, %d, %d", query, get, set);
        else {
            RIGHT(get == 0 || (!can && get == 102), "get: %d in state %d", get, states[s]);
            if (!can || !row->codes)
                RIGHT(set == (can ? 0 : 102), "set: %d in state %d", set, states[s]);
        }
    }
    char codes[WIDTH];
    list_codes(codes, result->set_codes);
    if (can && row->codes)
        RIGHT(strcmp(codes, row->codes) == 0, "set: not %s", row->codes);
}

/* Sets it on a camera that runs, and looks and listens. */
static void set_and_see(const struct row *row, struct things *t, camera_surface *view, struct result *result)
{
    char before_set[WIDTH] = "";
    const char *wanted = row->wanted ? row->wanted : strrchr(result->supported, ' ') + 1;
    if (row->prepare)
        RIGHT(row->prepare(t) == 0, "prepare: %s", camera_error_detail());
    double before = 0, after = 0;
    /* What was prepared shows behind frames that waited; what it told is not of this row. */
    for (int i = row->prepare ? 0 : 9; view && row->effect != T_NOTHING && i < 12; i++)
        before = t_look_now(view, row->effect);
    RIGHT(row->get(t, before_set) == 0, "get: %s", camera_error_detail());
    pthread_mutex_lock(&news.lock);
    news.count = 0;
    pthread_mutex_unlock(&news.lock);
    int32_t code = row->set(t);
    say(result->set, "%d", short_code(code));
    RIGHT(code == 0, "set: %s", camera_error_detail());
    /* A flash is over after three frames, which may be dropped on a busy machine: then another one. */
    for (int tries = 0; row->effect != T_NOTHING && view && tries < (row->act ? 3 : 1); tries++) {
        if (row->act)
            RIGHT(row->act(t) == 0, "act: %s", camera_error_detail());
        after = t_look_for(view, row->effect, before);
        if (t_is_seen(row->effect, before, after))
            break;
    }
    if (row->effect != T_NOTHING && view) {
        say(result->seen, "%s %.0f, then %.0f", t_effect_name(row->effect), before, after);
        RIGHT(t_is_seen(row->effect, before, after), "not seen");
    }
    /* A smooth zoom arrives later. */
    for (int64_t end = t_now_ms() + t_limit() * 200;;) {
        RIGHT(row->get(t, result->back) == 0, "get: %s", camera_error_detail());
        if (strcmp(result->back, wanted) == 0 || t_now_ms() > end)
            break;
        t_sleep_ms(10);
    }
    RIGHT(strcmp(result->back, wanted) == 0, "read back: not %s", wanted);
    RIGHT(strcmp(before_set, wanted) != 0, "it was %s already", wanted);
    if (row->told && is_told(row->told))
        say(result->told, "%s", row->told);
    RIGHT(!row->told || *result->told, "not told");
    /* What this program set itself is not told. */
    if (is_raw(row)) {
        const char *own = row->name + strlen("raw ");
        pthread_mutex_lock(&news.lock);
        for (size_t i = 0; i < news.count; i++)
            RIGHT(strncmp(news.what[i], own, strlen(news.what[i])) != 0 || strcmp(news.what[i], "Gain") == 0,
                  "its own change was told");
        pthread_mutex_unlock(&news.lock);
    }
}

static void try_row(const struct camera *camera, const struct row *row, struct result *result)
{
    bool can = row->on & camera->bit;
    struct scene scene = scene_in(t_manager_of(camera->sources, CAMERA_DISPATCH_LIBRARY), is_torch(row) ? INIT : STARTED);
    struct things *t = &scene.things;
    listen(t);
    say(result->supported, "no");
    int32_t code = row->query ? row->query(t, result->supported) : t_long(102);
    RIGHT((code == 0 && strcmp(result->supported, "no") != 0) == can, "supported: %d", short_code(code));
    if (can) {
        set_and_see(row, t, is_torch(row) ? NULL : scene.rig.view, result);
    } else {
        code = row->set(t);
        say(result->set, "%d", short_code(code));
        RIGHT(code == t_long(102), "set: %d", short_code(code));
        RIGHT(*camera_error_detail() != '\0', "no detail");
    }
    leave(&scene);
    check_codes(row, can, result);
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static void print_table(const struct camera *camera)
{
    static struct result results[T_COUNT(rows)];
    /* Under valgrind a few are enough, and take as long as all do here. */
    size_t step = t_scale() >= 20 ? 5 : 1;
    int bad = 0;
    memset(results, 0, sizeof results);
    ask_in_every_state(camera, results);
    printf("TABLE\nTABLE %s. Codes are those in INIT, CONFIG, COMMITTED, STARTED, RELEASED.\n", camera->title);
    printf("TABLE %-22s  %-16s  %3s  %-12s  %-26s  %-25s  %-20s  %-19s  %s\n", "control", "supported", "set", "read back",
           "seen in the picture", "told", "query, in each state", "set, in each state", "ok");
    for (size_t r = 0; r < T_COUNT(rows); r += step) {
        char query[WIDTH] = "", set[WIDTH];
        struct result *result = &results[r];
        try_row(camera, &rows[r], result);
        if (rows[r].query)
            list_codes(query, result->query_codes);
        list_codes(set, result->set_codes);
        printf("TABLE %-22s  %-16s  %3s  %-12s  %-26s  %-25s  %-20s  %-19s  %s\n", rows[r].name, result->supported,
               result->set, or_dash(result->back), or_dash(result->seen), or_dash(result->told), or_dash(query), set,
               result->wrong[0] ? result->wrong : "ok");
        bad += result->wrong[0] != '\0';
    }
    EXPECT(bad == 0, "%d rows are not ok", bad);
}

static void everything(void)
{
    print_table(&(struct camera){"A virtual camera, which has everything (virtual)", "virtual", FULL});
}

static void a_cheap_webcam(void)
{
    print_table(&(struct camera){"A cheap webcam (virtual+basic)", "virtual+basic", BASIC});
}

static void no_controls(void)
{
    print_table(&(struct camera){"A camera without controls (virtual+plain)", "virtual+plain", PLAIN});
}

static void the_simulator(void)
{
    print_table(&(struct camera){"The kernel's camera simulator (vivid)", "v4l2", VIVID});
}

int main(int argc, char **argv)
{
    static const struct t_case here[] = {CASE(everything), CASE(a_cheap_webcam), CASE(no_controls)};
    static const struct t_case vm[] = {CASE(the_simulator)};
    bool in_vm = getenv("CAMERA_TEST_VM") != NULL;
    unsetenv("CAMERA_SESSION_CAMERAS");
    return in_vm ? t_main(argc, argv, vm, T_COUNT(vm)) : t_main(argc, argv, here, T_COUNT(here));
}
