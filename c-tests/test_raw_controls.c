/*
 * test_raw_controls.c: the controls of an input by their V4L2 ids, on virtual cameras: the list, every
 * type of control, menus with holes, what is refused and with which code, texts, watches in both dispatch
 * modes, and inputs that are closed, released, or whose camera is unplugged.
 */
#include "t_rig.h"

#include <linux/v4l2-controls.h>

#define VENDOR_NUMBER 0x0098f001u
#define VENDOR_TEXT 0x0098f002u
#define VENDOR_BITS 0x0098f003u
#define VENDOR_OTHER 0x0098f004u
#define UNKNOWN 0x0098f0ffu

static camera_control_info described(camera_input *input, uint32_t id)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    OK(camera_input_describe_control(input, id, &control));
    CHECK_EQ(control.id, id);
    return control;
}

static int64_t value_of(camera_input *input, uint32_t id)
{
    int64_t value = INT64_MIN;
    OK(camera_input_get_control(input, id, &value));
    return value;
}

/* --- the list, types, menus ----------------------------------------------------------------- */

/* Walks through the list; how many there are. */
static int walk(camera_input *input)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    int count = 0;
    for (uint32_t before = 0;; before = control.id, count++) {
        OK(camera_input_get_next_control(input, before, &control));
        if (control.id == 0)
            break;
        CHECK(control.id > before && control.name[0] && control.size == sizeof control && control.step >= 1);
        CHECK(control.type != CAMERA_CONTROL_TYPE_INTEGER || control.minimum <= control.default_value);
        camera_control_info same = described(input, control.id);
        CHECK(memcmp(&same, &control, sizeof same) == 0);
    }
    CHECK(control.type == 0 && control.flags == 0 && control.name[0] == '\0');
    OK(camera_input_get_next_control(input, UINT32_MAX, &control));
    CHECK_EQ(control.id, 0);
    return count;
}

static void the_list(void)
{
    static const struct {
        const char *camera;
        int count;
    } table[] = {{"virtual", 38}, {"virtual+basic", 5}, {"virtual+plain", 0}, {"virtual+back+turned=90", 40}};
    for (size_t i = 0; i < T_COUNT(table); i++) {
        camera_manager *manager = t_manager_of(table[i].camera, CAMERA_DISPATCH_LIBRARY);
        camera_input *input = t_input(manager, 0, true);
        CHECK_EQ(walk(input), table[i].count);
        OK(camera_manager_release(manager));
    }
}

static void every_type(void)
{
    static const struct {
        uint32_t id;
        int type;
        int64_t good, bad; /* to be set; bad INT64_MAX: there is none */
    } table[] = {
        {V4L2_CID_BRIGHTNESS, CAMERA_CONTROL_TYPE_INTEGER, -64, 65},
        {V4L2_CID_WHITE_BALANCE_TEMPERATURE, CAMERA_CONTROL_TYPE_INTEGER, 3000, 3001},
        {V4L2_CID_HFLIP, CAMERA_CONTROL_TYPE_BOOLEAN, 1, 2},
        {V4L2_CID_POWER_LINE_FREQUENCY, CAMERA_CONTROL_TYPE_MENU, 3, 4},
        {V4L2_CID_EXPOSURE_AUTO, CAMERA_CONTROL_TYPE_MENU, 1, 2}, /* a hole */
        {V4L2_CID_AUTO_FOCUS_START, CAMERA_CONTROL_TYPE_BUTTON, -77, INT64_MAX},
        {VENDOR_NUMBER, CAMERA_CONTROL_TYPE_INTEGER64, INT64_C(1) << 40, (INT64_C(1) << 40) + 1},
        {VENDOR_BITS, CAMERA_CONTROL_TYPE_BITMASK, INT64_C(0x80000005), 2},
        {V4L2_CID_ISO_SENSITIVITY, CAMERA_CONTROL_TYPE_INTEGER_MENU, 6, 7},
    };
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    /* Nothing is automatic, so that what is set stays. */
    OK(camera_input_set_control(input, V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE, 0));
    OK(camera_input_set_control(input, V4L2_CID_ISO_SENSITIVITY_AUTO, 0));
    OK(camera_input_set_control(input, V4L2_CID_FOCUS_AUTO, 0));
    for (size_t i = 0; i < T_COUNT(table); i++) {
        int64_t value = 77;
        CHECK_EQ(described(input, table[i].id).type, table[i].type);
        OK(camera_input_set_control(input, table[i].id, table[i].good));
        if (table[i].bad != INT64_MAX) {
            CHECK_CODE(camera_input_set_control(input, table[i].id, table[i].bad), 101);
            CHECK_CODE(camera_input_set_control(input, table[i].id, INT64_MIN), 101);
            CHECK_CODE(camera_input_set_control(input, table[i].id, INT64_MAX), 101);
            CHECK_EQ(value_of(input, table[i].id), table[i].good);
        } else {
            CHECK_CODE(camera_input_get_control(input, table[i].id, &value), 102); /* a button */
            CHECK_EQ(value, 77);
        }
    }
    /* Numbers are no texts, and the other way round; what nobody knows is listed, and no more. */
    char text[8] = "77";
    int64_t value = 77;
    CHECK_CODE(camera_input_set_control(input, VENDOR_TEXT, 0), 101);
    CHECK_CODE(camera_input_get_control(input, VENDOR_TEXT, &value), 101);
    CHECK_CODE(camera_input_set_control_text(input, V4L2_CID_BRIGHTNESS, "0"), 101);
    CHECK_CODE(camera_input_get_control_text(input, V4L2_CID_BRIGHTNESS, text, sizeof text, NULL), 101);
    CHECK_EQ(described(input, VENDOR_OTHER).type, 0x1ff);
    CHECK_CODE(camera_input_set_control(input, VENDOR_OTHER, 0), 102);
    CHECK_CODE(camera_input_get_control(input, VENDOR_OTHER, &value), 102);
    CHECK_CODE(camera_input_set_control_text(input, VENDOR_OTHER, ""), 102);
    CHECK_CODE(camera_input_get_control_text(input, VENDOR_OTHER, text, sizeof text, NULL), 102);
    CHECK(value == 77 && strcmp(text, "77") == 0);
    /* What can only be read. */
    CHECK(described(input, V4L2_CID_PRIVACY).flags & CAMERA_CONTROL_READ_ONLY);
    CHECK_CODE(camera_input_set_control(input, V4L2_CID_PRIVACY, 0), 102);
    CHECK_EQ(value_of(input, V4L2_CID_PRIVACY), 0);
    OK(camera_manager_release(manager));
}

static void menus(void)
{
    static const uint32_t holes[] = {0, 1, 3};
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
    uint32_t count = 77;
    OK(camera_input_get_control_menu_count(input, V4L2_CID_EXPOSURE_AUTO, &count));
    CHECK_EQ(count, T_COUNT(holes));
    for (uint32_t i = 0; i < count; i++) {
        OK(camera_input_get_control_menu_item(input, V4L2_CID_EXPOSURE_AUTO, i, &item));
        CHECK(item.index == holes[i] && item.name[0] && item.number == 0);
    }
    item.index = 77;
    CHECK_CODE(camera_input_get_control_menu_item(input, V4L2_CID_EXPOSURE_AUTO, count, &item), 101);
    CHECK_CODE(camera_input_get_control_menu_item(input, V4L2_CID_EXPOSURE_AUTO, UINT32_MAX, &item), 101);
    CHECK_EQ(item.index, 77);
    OK(camera_input_get_control_menu_count(input, V4L2_CID_ISO_SENSITIVITY, &count));
    CHECK_EQ(count, 7);
    OK(camera_input_get_control_menu_item(input, V4L2_CID_ISO_SENSITIVITY, 2, &item));
    CHECK(item.index == 2 && item.number == 200000 && strcmp(item.name, "200000") == 0);
    OK(camera_input_get_control_menu_count(input, V4L2_CID_BRIGHTNESS, &count));
    CHECK_EQ(count, 0);
    CHECK_CODE(camera_input_get_control_menu_item(input, V4L2_CID_BRIGHTNESS, 0, &item), 101);
    CHECK_CODE(camera_input_get_control_menu_count(input, UNKNOWN, &count), 102);
    CHECK_CODE(camera_input_get_control_menu_item(input, UNKNOWN, 0, &item), 102);
    OK(camera_manager_release(manager));
}

static void texts(void)
{
    camera_manager *manager = t_manager();
    camera_input *input = t_input(manager, 0, true);
    char text[64], longest[33], more[5000];
    size_t needed = 77;
    memset(longest, 'x', 32);
    longest[32] = '\0';
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, sizeof text, &needed));
    CHECK(strcmp(text, "camera-session") == 0 && needed == strlen(text) + 1);
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, 7, &needed));
    CHECK(strcmp(text, "camera") == 0 && needed == 15);
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, 1, NULL));
    CHECK(strcmp(text, "") == 0);
    OK(camera_input_set_control_text(input, VENDOR_TEXT, longest));
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, sizeof text, NULL));
    CHECK(strcmp(text, longest) == 0);
    /* Cut off at a character. */
    OK(camera_input_set_control_text(input, VENDOR_TEXT, "Stra\xc3\x9f" "e"));
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, 6, &needed));
    CHECK(strcmp(text, "Stra") == 0 && needed == 8);
    OK(camera_input_set_control_text(input, VENDOR_TEXT, ""));
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, sizeof text, &needed));
    CHECK(text[0] == '\0' && needed == 1);
    /* One byte more than the control takes, and than any does; no UTF-8. */
    memset(more, 'x', sizeof more);
    more[33] = '\0';
    CHECK_CODE(camera_input_set_control_text(input, VENDOR_TEXT, more), 101);
    more[33] = 'x';
    more[4999] = '\0';
    CHECK_CODE(camera_input_set_control_text(input, VENDOR_TEXT, more), 101);
    CHECK_CODE(camera_input_set_control_text(input, VENDOR_TEXT, "\xff"), 101);
    OK(camera_input_get_control_text(input, VENDOR_TEXT, text, sizeof text, &needed));
    CHECK(text[0] == '\0' && needed == 1);
    OK(camera_manager_release(manager));
}

/* While frames flow, some controls cannot be set. */
static void grabbed(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    CHECK(described(rig.input, VENDOR_BITS).flags & CAMERA_CONTROL_GRABBED);
    CHECK_CODE(camera_input_set_control(rig.input, VENDOR_BITS, 4), 102);
    CHECK_EQ(value_of(rig.input, VENDOR_BITS), 1);
    OK(camera_input_set_control(rig.input, V4L2_CID_BRIGHTNESS, 7));
    OK(camera_session_stop(rig.session));
    CHECK(!(described(rig.input, VENDOR_BITS).flags & CAMERA_CONTROL_GRABBED));
    OK(camera_input_set_control(rig.input, VENDOR_BITS, 4));
    CHECK(value_of(rig.input, VENDOR_BITS) == 4 && value_of(rig.input, V4L2_CID_BRIGHTNESS) == 7);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- arguments, states ------------------------------------------------------------------------ */

/* Every call with arguments that are right but for the input and the id, answers this. */
static void every_call(void *input, uint32_t id, int code)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
    uint32_t count = 77;
    int64_t value = 77;
    char text[8] = "77";
    size_t needed = 77;
    control.id = item.index = 77;
    CHECK_CODE(camera_input_describe_control(input, id, &control), code);
    CHECK_CODE(camera_input_get_control_menu_count(input, id, &count), code);
    CHECK_CODE(camera_input_get_control_menu_item(input, id, 0, &item), code);
    CHECK_CODE(camera_input_get_control(input, id, &value), code);
    CHECK_CODE(camera_input_set_control(input, id, 0), code);
    CHECK_CODE(camera_input_get_control_text(input, id, text, sizeof text, &needed), code);
    CHECK_CODE(camera_input_set_control_text(input, id, "no"), code);
    CHECK_CODE(camera_input_watch_control(input, id, true), code);
    CHECK_CODE(camera_input_watch_control(input, id, false), code);
    if (code != 102)
        CHECK_CODE(camera_input_get_next_control(input, 0, &control), code);
    CHECK(control.id == 77 && count == 77 && item.index == 77 && value == 77 && needed == 77 && text[0] == '7');
}

static void arguments_and_states(void)
{
    camera_manager *manager = t_manager();
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_input *input = t_input(manager, 0, false);
    char text[8] = "77";
    void *bad[] = {NULL, (void *)(uintptr_t)1, manager, surface};
    for (size_t i = 0; i < T_COUNT(bad); i++)
        every_call(bad[i], V4L2_CID_BRIGHTNESS, 101);
    every_call(input, V4L2_CID_BRIGHTNESS, 201); /* not open yet */
    OK(camera_input_open(input));
    static const uint32_t ids[] = {UNKNOWN, 0, UINT32_MAX, V4L2_CID_BRIGHTNESS | 0x80000000u};
    for (size_t i = 0; i < T_COUNT(ids); i++)
        every_call(input, ids[i], 102);
    for (int closed = 0; closed < 2; closed++) {
        CHECK_CODE(camera_input_get_next_control(input, 0, NULL), 101);
        CHECK_CODE(camera_input_describe_control(input, V4L2_CID_BRIGHTNESS, NULL), 101);
        CHECK_CODE(camera_input_get_control_menu_count(input, V4L2_CID_BRIGHTNESS, NULL), 101);
        CHECK_CODE(camera_input_get_control_menu_item(input, V4L2_CID_EXPOSURE_AUTO, 0, NULL), 101);
        CHECK_CODE(camera_input_get_control(input, V4L2_CID_BRIGHTNESS, NULL), 101);
        CHECK_CODE(camera_input_get_control_text(input, VENDOR_TEXT, NULL, 8, NULL), 101);
        CHECK_CODE(camera_input_get_control_text(input, VENDOR_TEXT, text, 0, NULL), 101);
        CHECK_CODE(camera_input_set_control_text(input, VENDOR_TEXT, NULL), 101);
        CHECK_EQ(text[0], '7');
        if (!closed)
            OK(camera_input_close(input));
        every_call(input, V4L2_CID_BRIGHTNESS, 201);
    }
    OK(camera_input_release(input));
    every_call(input, V4L2_CID_BRIGHTNESS, 201);
    OK(camera_manager_release(manager));
    every_call(input, V4L2_CID_BRIGHTNESS, 201);
}

static void unplugged(void)
{
    camera_manager *manager = t_manager_of("virtual+unplug@5f", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    int64_t value = 0;
    WAIT_UNTIL(camera_input_get_control(rig.input, V4L2_CID_BRIGHTNESS, &value) != 0);
    every_call(rig.input, V4L2_CID_BRIGHTNESS, 108);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void stuck(void)
{
    camera_manager *manager = t_manager_of("virtual+stuck=zoom_absolute", CAMERA_DISPATCH_LIBRARY);
    camera_input *input = t_input(manager, 0, true);
    CHECK_CODE(camera_input_set_control(input, V4L2_CID_ZOOM_ABSOLUTE, 200), 201);
    CHECK_CODE(camera_input_set_control(input, V4L2_CID_ZOOM_ABSOLUTE, 401), 101);
    CHECK_EQ(value_of(input, V4L2_CID_ZOOM_ABSOLUTE), 100);
    OK(camera_manager_release(manager));
}

/* What is set here, the families see; and a session remembers nothing of a camera that it no longer has. */
static void families_see_it(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    camera_input *other = t_input(manager, 1, true);
    int32_t mode = -1;
    OK(camera_input_set_control(rig.input, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL));
    OK(camera_input_set_control(rig.input, V4L2_CID_EXPOSURE_ABSOLUTE, 250));
    OK(camera_session_get_exposure_mode(rig.session, &mode));
    CHECK_EQ(mode, CAMERA_EXPOSURE_MODE_MANUAL);
    OK(camera_session_get_exposure_duration(rig.session, &mode));
    CHECK_EQ(mode, 25000);
    OK(camera_session_set_focus_mode(rig.session, CAMERA_FOCUS_MODE_AUTO));
    OK(camera_session_get_focus_mode(rig.session, &mode));
    CHECK_EQ(mode, CAMERA_FOCUS_MODE_AUTO);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_remove_input(rig.session, rig.input));
    OK(camera_session_add_input(rig.session, other));
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_get_exposure_mode(rig.session, &mode));
    CHECK_EQ(mode, CAMERA_EXPOSURE_MODE_CONTINUOUS_AUTO);
    OK(camera_input_set_control(other, V4L2_CID_FOCUS_AUTO, 0));
    OK(camera_session_get_focus_mode(rig.session, &mode));
    CHECK_EQ(mode, CAMERA_FOCUS_MODE_MANUAL);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

struct scans {
    pthread_mutex_t lock;
    int count;
    int32_t states[16];
};

static void hear_focus(camera_session *session, const camera_session_event *event, void *user_data)
{
    struct scans *scans = user_data;
    (void)session;
    if (event->type != CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE)
        return;
    pthread_mutex_lock(&scans->lock);
    if (scans->count < 16)
        scans->states[scans->count++] = (int32_t)event->value;
    pthread_mutex_unlock(&scans->lock);
}

static int scans_of(struct scans *scans)
{
    pthread_mutex_lock(&scans->lock);
    int count = scans->count;
    pthread_mutex_unlock(&scans->lock);
    return count;
}

/* Whoever was told that the lens moves is told that it does no more, whatever ended it. */
static void a_search_that_is_interrupted_ends(void)
{
    struct scans scans = {.lock = PTHREAD_MUTEX_INITIALIZER};
    camera_manager *manager = t_manager_of("virtual+subject@0f=255", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    uint64_t listener;
    OK(camera_session_add_listener(rig.session, hear_focus, &scans, NULL, &listener));
    for (int way = 0; way < 4; way++) {
        OK(camera_session_set_focus_mode(rig.session, CAMERA_FOCUS_MODE_AUTO));
        if (way == 0)
            OK(camera_session_set_focus_mode(rig.session, CAMERA_FOCUS_MODE_LOCKED));
        else if (way == 1)
            OK(camera_session_set_focus_distance(rig.session, 0.5));
        else if (way == 2)
            OK(camera_session_set_focus_mode(rig.session, CAMERA_FOCUS_MODE_MANUAL));
        else
            OK(camera_session_begin_config(rig.session));
        WAIT_UNTIL(scans_of(&scans) >= 2 * way + 2);
        CHECK_EQ(scans.states[2 * way], CAMERA_FOCUS_STATE_SCAN);
        CHECK_EQ(scans.states[2 * way + 1], CAMERA_FOCUS_STATE_UNFOCUSED);
    }
    OK(camera_session_remove_listener(rig.session, listener));
    CHECK_EQ(scans.count, 8);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- watches ---------------------------------------------------------------------------------- */

struct heard {
    pthread_mutex_t lock;
    camera_manager *dispatched; /* by this thread, if not by the library */
    int count, destroyed;
    uint32_t ids[64];
    int64_t values[64];
};

static void hear(camera_input *input, const camera_input_event *event, void *user_data)
{
    struct heard *heard = user_data;
    CHECK(input != NULL && event->size >= sizeof *event && event->detail != NULL && !t_inside);
    if (event->type != CAMERA_INPUT_EVENT_TYPE_CONTROL)
        return;
    CHECK(event->code == 0 && event->detail[0] == '\0');
    pthread_mutex_lock(&heard->lock);
    CHECK(heard->count < 64);
    heard->ids[heard->count] = event->control;
    heard->values[heard->count++] = event->value;
    pthread_mutex_unlock(&heard->lock);
}

static void count_end(void *user_data)
{
    ((struct heard *)user_data)->destroyed++;
}

/* How many events there were of this control; the last value. */
static int heard_of(struct heard *heard, uint32_t id, int64_t *last)
{
    int count = 0;
    if (heard->dispatched)
        OK(camera_manager_dispatch(heard->dispatched, NULL));
    pthread_mutex_lock(&heard->lock);
    for (int i = 0; i < heard->count; i++)
        if (heard->ids[i] == id) {
            *last = heard->values[i];
            count++;
        }
    pthread_mutex_unlock(&heard->lock);
    return count;
}

/* What changes by what this program sets is told, also to another input of the camera; what it sets is not. */
static void watches(int32_t dispatch)
{
    camera_manager *manager = t_manager_of("virtual", dispatch);
    bool dispatched = dispatch == CAMERA_DISPATCH_CALLER;
    camera_input *inputs[2] = {t_input(manager, 0, true), t_input(manager, 0, true)};
    static struct heard heard[2];
    uint64_t listeners[2];
    int64_t last = -1;
    memset(heard, 0, sizeof heard);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&heard[i].lock, NULL);
        heard[i].dispatched = dispatched ? manager : NULL;
        OK(camera_input_add_listener(inputs[i], hear, &heard[i], count_end, &listeners[i]));
        for (int twice = 0; twice < 2; twice++) {
            OK(camera_input_watch_control(inputs[i], V4L2_CID_EXPOSURE_AUTO, true));
            OK(camera_input_watch_control(inputs[i], V4L2_CID_AUTO_WHITE_BALANCE, true));
        }
        OK(camera_input_watch_control(inputs[i], V4L2_CID_BRIGHTNESS, true));
    }
    OK(camera_input_set_control(inputs[0], V4L2_CID_BRIGHTNESS, 9));
    OK(camera_input_set_control(inputs[0], V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL));
    /* The preset of the white balance says whether that is automatic: another control does, too. */
    OK(camera_input_set_control(inputs[0], V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE, V4L2_WHITE_BALANCE_DAYLIGHT));
    for (int i = 0; i < 2; i++) {
        WAIT_UNTIL(heard_of(&heard[i], V4L2_CID_AUTO_WHITE_BALANCE, &last) == 1);
        CHECK_EQ(last, 0);
        CHECK_EQ(heard_of(&heard[i], V4L2_CID_BRIGHTNESS, &last), 0);
        CHECK_EQ(heard_of(&heard[i], V4L2_CID_EXPOSURE_AUTO, &last), 0);
        CHECK_EQ(heard_of(&heard[i], V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE, &last), 0);
    }
    /* One stops, and is not told the next; the other is. To stop twice is the same as once. */
    for (int twice = 0; twice < 2; twice++)
        OK(camera_input_watch_control(inputs[0], V4L2_CID_AUTO_WHITE_BALANCE, false));
    OK(camera_input_set_control(inputs[0], V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE, V4L2_WHITE_BALANCE_AUTO));
    WAIT_UNTIL(heard_of(&heard[1], V4L2_CID_AUTO_WHITE_BALANCE, &last) == 2);
    CHECK_EQ(last, 1);
    CHECK_EQ(heard_of(&heard[0], V4L2_CID_AUTO_WHITE_BALANCE, &last), 1);
    /* To close ends the watch. */
    OK(camera_input_close(inputs[1]));
    OK(camera_input_watch_control(inputs[0], V4L2_CID_AUTO_WHITE_BALANCE, true));
    OK(camera_input_set_control(inputs[0], V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE, V4L2_WHITE_BALANCE_SHADE));
    WAIT_UNTIL(heard_of(&heard[0], V4L2_CID_AUTO_WHITE_BALANCE, &last) == 2);
    CHECK_EQ(heard_of(&heard[1], V4L2_CID_AUTO_WHITE_BALANCE, &last), 2);
    OK(camera_input_remove_listener(inputs[0], listeners[0]));
    OK(camera_input_release(inputs[1]));
    OK(camera_manager_release(manager));
    CHECK(heard[0].destroyed == 1 && heard[1].destroyed == 1);
}

static void watches_by_the_library(void) { watches(CAMERA_DISPATCH_LIBRARY); }
static void watches_by_the_caller(void) { watches(CAMERA_DISPATCH_CALLER); }

/* The camera itself changes a control: the cover of its lens. */
static void the_camera_tells(void)
{
    camera_manager *manager = t_manager_of("virtual+cover@5f-20f", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    static struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t listener;
    int64_t last = -1;
    OK(camera_input_add_listener(rig.input, hear, &heard, NULL, &listener));
    OK(camera_input_watch_control(rig.input, V4L2_CID_PRIVACY, true));
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(heard_of(&heard, V4L2_CID_PRIVACY, &last) == 2);
    CHECK(heard.values[0] == 1 && heard.values[1] == 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* A camera that comes back to its session is watched again. */
static void the_watch_comes_back(void)
{
    camera_manager *manager = t_manager_of("virtual+unplug@5f+return@15f+cover@8f-12f", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = t_rig(manager, 0);
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    static struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    uint64_t listener;
    int64_t last = -1;
    options.reattach = 1;
    OK(camera_session_set_options(rig.session, &options));
    t_rig_to(&rig, COMMITTED);
    OK(camera_input_add_listener(rig.input, hear, &heard, NULL, &listener));
    OK(camera_input_watch_control(rig.input, V4L2_CID_PRIVACY, true));
    OK(camera_session_start(rig.session));
    WAIT_UNTIL(heard_of(&heard, V4L2_CID_PRIVACY, &last) == 2);
    CHECK(heard.values[0] == 1 && heard.values[1] == 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* What the camera is; and of one without a lens that is moved, no range. */
static void facts_of_the_camera(void)
{
    static const struct {
        const char *camera;
        int64_t most;
    } table[] = {{"virtual", 250}, {"virtual+plain", 0}};
    for (size_t i = 0; i < T_COUNT(table); i++) {
        camera_manager *manager = t_manager_of(table[i].camera, CAMERA_DISPATCH_LIBRARY);
        camera_facts facts = CAMERA_FACTS_INIT;
        camera_input *input = t_input(manager, 0, false);
        CHECK_CODE(camera_input_get_facts(input, &facts), 201);
        OK(camera_input_open(input));
        OK(camera_input_get_facts(input, &facts));
        CHECK(facts.pixel_array_width == 1920 && facts.pixel_array_height == 1080 && facts.reserved == 0);
        CHECK(facts.sensor_width_um == 5760 && facts.sensor_height_um == 3240);
        CHECK(facts.focus_minimum == 0 && facts.focus_maximum == table[i].most);
        CHECK(strcmp(facts.make, "camera-session") == 0 && strcmp(facts.model, "Virtual camera 0") == 0);
        CHECK_CODE(camera_input_get_facts(input, NULL), 101);
        CHECK_CODE(camera_input_get_facts(NULL, &facts), 101);
        OK(camera_input_release(input));
        CHECK_CODE(camera_input_get_facts(input, &facts), 201);
        OK(camera_manager_release(manager));
    }
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(the_list),          CASE(every_type),        CASE(menus),
        CASE(texts),             CASE(grabbed),           CASE(arguments_and_states),
        CASE(unplugged),         CASE(stuck),             CASE(families_see_it), CASE(a_search_that_is_interrupted_ends),
        CASE(watches_by_the_library),
        CASE(watches_by_the_caller), CASE(the_camera_tells), CASE(the_watch_comes_back),
        CASE(facts_of_the_camera),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
