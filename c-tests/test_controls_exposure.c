/*
 * test_controls_exposure.c: flash, exposure and white balance: what each function answers in each
 * state of a session, with NULL and with values that are unknown; that a camera that says it can do
 * something does it and tells it back, and one that says it cannot answers 102.
 */
#include "t_rig.h"

#include <math.h>

static const int states[5] = {INIT, CONFIG, COMMITTED, STARTED, RELEASED};

/* --- states --------------------------------------------------------------------------------- */

enum kind { QUERY, GETTER, SETTER };

struct call {
    const char *name; /* NULL: there are no more */
    enum kind kind;
    bool always; /* every camera can do it, also one without controls */
};

/* The n-th call on this session, with arguments that are right; the answer goes nowhere. */
static int32_t call(size_t n, camera_session *session, struct call *made)
{
    bool yes;
    int32_t a, b;
    float x, y, z;
    camera_point point = {0.5, 0.5};
    size_t i = 0;
#define TRY(kind, always, expression)                          \
    if (i++ == n) {                                            \
        *made = (struct call){#expression, kind, always};      \
        return expression;                                     \
    }
    TRY(QUERY, true, camera_session_has_flash(session, &yes))
    TRY(QUERY, true, camera_session_is_flash_mode_supported(session, CAMERA_FLASH_MODE_OPEN, &yes))
    TRY(GETTER, true, camera_session_get_flash_mode(session, &a))
    TRY(SETTER, true, camera_session_set_flash_mode(session, CAMERA_FLASH_MODE_CLOSE))
    TRY(GETTER, true, camera_session_get_flash_state(session, &a))

    TRY(QUERY, true, camera_session_is_exposure_mode_supported(session, CAMERA_EXPOSURE_MODE_MANUAL, &yes))
    TRY(GETTER, true, camera_session_get_exposure_mode(session, &a))
    TRY(SETTER, false, camera_session_set_exposure_mode(session, CAMERA_EXPOSURE_MODE_CONTINUOUS_AUTO))
    TRY(QUERY, false, camera_session_get_supported_exposure_duration_range(session, &a, &b))
    TRY(GETTER, false, camera_session_get_exposure_duration(session, &a))
    TRY(QUERY, true,
        camera_session_is_exposure_metering_mode_supported(session, CAMERA_EXPOSURE_METERING_MODE_SPOT, &yes))
    TRY(GETTER, false, camera_session_get_exposure_metering_mode(session, &a))
    TRY(SETTER, false, camera_session_set_exposure_metering_mode(session, CAMERA_EXPOSURE_METERING_MODE_MATRIX))
    TRY(GETTER, false, camera_session_get_metering_point(session, &point))
    TRY(SETTER, false, camera_session_set_metering_point(session, point))
    TRY(QUERY, false, camera_session_get_exposure_bias_range(session, &x, &y, &z))
    TRY(QUERY, false, camera_session_get_exposure_bias_step(session, &z))
    TRY(GETTER, false, camera_session_get_exposure_bias(session, &x))
    TRY(SETTER, false, camera_session_set_exposure_bias(session, 0))
    TRY(GETTER, false, camera_session_get_exposure_value(session, &x))
    TRY(QUERY, false, camera_session_get_supported_iso_range(session, &a, &b))
    TRY(GETTER, false, camera_session_get_iso(session, &a))

    TRY(QUERY, true,
        camera_session_is_white_balance_mode_supported(session, CAMERA_WHITE_BALANCE_MODE_AUTO, &yes))
    TRY(GETTER, false, camera_session_get_white_balance_mode(session, &a))
    TRY(SETTER, false, camera_session_set_white_balance_mode(session, CAMERA_WHITE_BALANCE_MODE_AUTO))
    TRY(QUERY, false, camera_session_get_white_balance_range(session, &a, &b))
    TRY(GETTER, false, camera_session_get_white_balance(session, &a))
    made->name = NULL;
    return 0;
}

/* Setters whose right values only the camera's range tells: any value will do where the state decides. */
static int32_t call_with_a_value(size_t n, camera_session *session, struct call *made)
{
    size_t i = 0;
    TRY(SETTER, false, camera_session_set_exposure_duration(session, 10000))
    TRY(SETTER, false, camera_session_set_iso(session, 100))
    TRY(SETTER, false, camera_session_set_white_balance(session, 5000))
    made->name = NULL;
    return 0;
}

/* Is the state the reason for this code, as section 3 of the contract wants it? */
static void check_state(const struct call *made, int state, bool input, int32_t code)
{
    bool ready = state == COMMITTED || state == STARTED || (state == CONFIG && input && made->kind == QUERY);
    if (!ready)
        EXPECT(code == t_long(103), "%s in state %d is %d, not 103", made->name, state, (int)code);
    else if (made->always)
        EXPECT(code == 0, "%s in state %d is %d: %s", made->name, state, (int)code, camera_error_detail());
    else
        EXPECT(code == 0 || code == t_long(102) || (made->kind == SETTER && code == t_long(101)),
               "%s in state %d is %d: %s", made->name, state, (int)code, camera_error_detail());
    EXPECT(code == 0 || *camera_error_detail(), "%s: no detail", made->name);
}

static void every_call_of(int32_t (*calls)(size_t, camera_session *, struct call *), struct t_rig *rig, int state,
                          bool input)
{
    struct call made = {"", QUERY, false};
    for (size_t n = 0;; n++) {
        int32_t code = calls(n, rig->session, &made);
        if (!made.name)
            return;
        check_state(&made, state, input, code);
        EXPECT(t_state(rig->session) == state, "%s changes the state", made.name);
    }
}

static void every_state(void)
{
    camera_manager *manager = t_manager();
    for (size_t s = 0; s < T_COUNT(states); s++) {
        struct t_rig rig = t_rig_in(manager, 0, states[s]);
        every_call_of(call, &rig, states[s], true);
        every_call_of(call_with_a_value, &rig, states[s], true);
        t_rig_release(&rig);
    }
    struct t_rig rig = t_rig_in(manager, 0, INIT);
    OK(camera_session_begin_config(rig.session));
    every_call_of(call, &rig, CONFIG, false);
    every_call_of(call_with_a_value, &rig, CONFIG, false);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void closed_inputs_and_released_managers(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    struct call made = {"", QUERY, false};
    OK(camera_input_close(rig.input));
    for (size_t n = 0; (void)call(n, rig.session, &made), made.name; n++)
        CHECK_CODE(call(n, rig.session, &made), 201);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    for (size_t n = 0; (void)call(n, rig.session, &made), made.name; n++)
        CHECK_CODE(call(n, rig.session, &made), 103);
}

/* --- arguments ------------------------------------------------------------------------------ */

static void check_null(camera_session *session)
{
    int32_t a = 77;
    float x = 77;
    CHECK_CODE(camera_session_has_flash(session, NULL), 101);
    CHECK_CODE(camera_session_is_flash_mode_supported(session, CAMERA_FLASH_MODE_OPEN, NULL), 101);
    CHECK_CODE(camera_session_get_flash_mode(session, NULL), 101);
    CHECK_CODE(camera_session_get_flash_state(session, NULL), 101);
    CHECK_CODE(camera_session_is_exposure_mode_supported(session, CAMERA_EXPOSURE_MODE_AUTO, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_mode(session, NULL), 101);
    CHECK_CODE(camera_session_get_supported_exposure_duration_range(session, NULL, &a), 101);
    CHECK_CODE(camera_session_get_supported_exposure_duration_range(session, &a, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_duration(session, NULL), 101);
    CHECK_CODE(camera_session_is_exposure_metering_mode_supported(session, 0, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_metering_mode(session, NULL), 101);
    CHECK_CODE(camera_session_get_metering_point(session, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_bias_range(session, NULL, &x, &x), 101);
    CHECK_CODE(camera_session_get_exposure_bias_range(session, &x, NULL, &x), 101);
    CHECK_CODE(camera_session_get_exposure_bias_range(session, &x, &x, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_bias_step(session, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_bias(session, NULL), 101);
    CHECK_CODE(camera_session_get_exposure_value(session, NULL), 101);
    CHECK_CODE(camera_session_get_supported_iso_range(session, NULL, &a), 101);
    CHECK_CODE(camera_session_get_supported_iso_range(session, &a, NULL), 101);
    CHECK_CODE(camera_session_get_iso(session, NULL), 101);
    CHECK_CODE(camera_session_is_white_balance_mode_supported(session, 0, NULL), 101);
    CHECK_CODE(camera_session_get_white_balance_mode(session, NULL), 101);
    CHECK_CODE(camera_session_get_white_balance_range(session, NULL, &a), 101);
    CHECK_CODE(camera_session_get_white_balance_range(session, &a, NULL), 101);
    CHECK_CODE(camera_session_get_white_balance(session, NULL), 101);
    CHECK(a == 77 && x == 77);
}

static void check_values(camera_session *session)
{
    static const int32_t unknown[] = {-2, 9, INT32_MIN, INT32_MAX};
    static const double outside[] = {-0.001, 1.001, NAN, INFINITY};
    bool yes = true;
    for (size_t i = 0; i < T_COUNT(unknown); i++) {
        CHECK_CODE(camera_session_is_flash_mode_supported(session, unknown[i], &yes), 101);
        CHECK_CODE(camera_session_set_flash_mode(session, unknown[i]), 101);
        CHECK_CODE(camera_session_is_exposure_mode_supported(session, unknown[i], &yes), 101);
        CHECK_CODE(camera_session_set_exposure_mode(session, unknown[i]), 101);
        CHECK_CODE(camera_session_is_exposure_metering_mode_supported(session, unknown[i], &yes), 101);
        CHECK_CODE(camera_session_set_exposure_metering_mode(session, unknown[i]), 101);
        CHECK_CODE(camera_session_is_white_balance_mode_supported(session, unknown[i], &yes), 101);
        CHECK_CODE(camera_session_set_white_balance_mode(session, unknown[i]), 101);
    }
    for (size_t i = 0; i < T_COUNT(outside); i++) {
        CHECK_CODE(camera_session_set_metering_point(session, (camera_point){outside[i], 0.5}), 101);
        CHECK_CODE(camera_session_set_metering_point(session, (camera_point){0.5, outside[i]}), 101);
    }
    CHECK_CODE(camera_session_set_exposure_bias(session, NAN), 101);
    CHECK_CODE(camera_session_set_exposure_bias(session, -INFINITY), 101);
    CHECK(yes);
}

/* Arguments come before the state. */
static void bad_arguments(void)
{
    camera_manager *manager = t_manager();
    for (size_t s = 0; s < T_COUNT(states); s++) {
        struct t_rig rig = t_rig_in(manager, 0, states[s]);
        check_null(rig.session);
        check_values(rig.session);
        CHECK_EQ(t_state(rig.session), states[s]);
        void *bad[] = {NULL, (void *)(uintptr_t)1, manager, rig.input, rig.view};
        struct call made = {"", QUERY, false};
        for (size_t i = 0; i < T_COUNT(bad); i++) {
            for (size_t n = 0; (void)call(n, bad[i], &made), made.name; n++)
                CHECK_CODE(call(n, bad[i], &made), 101);
            for (size_t n = 0; (void)call_with_a_value(n, bad[i], &made), made.name; n++)
                CHECK_CODE(call_with_a_value(n, bad[i], &made), 101);
        }
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

/* --- what is supported is done, and told back ------------------------------------------------- */

typedef int32_t is_supported_fn(camera_session *, int32_t, bool *);
typedef int32_t get_fn(camera_session *, int32_t *);
typedef int32_t set_fn(camera_session *, int32_t);

/* Every mode from `first` to `last`: how many are supported. */
static int check_modes(camera_session *session, int32_t first, int32_t last, is_supported_fn *is_supported,
                       get_fn *get, set_fn *set)
{
    int count = 0;
    for (int32_t mode = first; mode <= last; mode++) {
        bool supported = false;
        int32_t now = INT32_MIN;
        OK(is_supported(session, mode, &supported));
        CHECK_CODE(set(session, mode), supported ? 0 : 102);
        if (supported) {
            OK(get(session, &now));
            CHECK_EQ(now, mode);
            count++;
        }
    }
    return count;
}

typedef int32_t range_fn(camera_session *, int32_t *, int32_t *);

/* The least, the greatest and one between them are taken; what lies outside is refused. */
static bool check_range(camera_session *session, range_fn *range, get_fn *get, set_fn *set)
{
    int32_t min = 0, max = 0, now = 0;
    int32_t code = range(session, &min, &max);
    if (code == t_long(102)) {
        CHECK_CODE(set(session, 5000), 102);
        return false;
    }
    CHECK_EQ(code, 0);
    CHECK(min <= max);
    int32_t wanted[] = {min, min + (max - min) / 2, max};
    for (size_t i = 0; i < T_COUNT(wanted); i++) {
        OK(set(session, wanted[i]));
        OK(get(session, &now));
        CHECK(min <= now && now <= max);
        if (i != 1)
            CHECK_EQ(now, wanted[i]);
    }
    CHECK_CODE(set(session, min - 1), 101);
    if (max < INT32_MAX)
        CHECK_CODE(set(session, max + 1), 101);
    OK(get(session, &now));
    CHECK_EQ(now, max);
    return true;
}

static void check_bias(camera_session *session)
{
    float min = 0, max = 0, step = 0, same = 0, now = 0, value = 0;
    int32_t code = camera_session_get_exposure_bias_range(session, &min, &max, &step);
    if (code == t_long(102)) {
        CHECK_CODE(camera_session_set_exposure_bias(session, 0), 102);
        return;
    }
    CHECK_EQ(code, 0);
    OK(camera_session_get_exposure_bias_step(session, &same));
    CHECK(min <= max && step >= 0 && step == same);
    float wanted[] = {min, max, min - 100, max + 100};
    for (size_t i = 0; i < T_COUNT(wanted); i++) {
        OK(camera_session_set_exposure_bias(session, wanted[i]));
        OK(camera_session_get_exposure_bias(session, &now));
        OK(camera_session_get_exposure_value(session, &value));
        CHECK(now == (i % 2 ? max : min) && value == now);
    }
    OK(camera_session_set_exposure_bias(session, 0));
}

static void check_everything(camera_session *session)
{
    int32_t mode = 0;
    bool flash = false, yes = false;
    OK(camera_session_has_flash(session, &flash));
    int modes = check_modes(session, CAMERA_FLASH_MODE_CLOSE, CAMERA_FLASH_MODE_ALWAYS_OPEN,
                            camera_session_is_flash_mode_supported, camera_session_get_flash_mode,
                            camera_session_set_flash_mode);
    CHECK_EQ(modes > 1, flash);
    OK(camera_session_get_flash_state(session, &mode));
    CHECK(flash || mode == CAMERA_FLASH_STATE_UNAVAILABLE);
    OK(camera_session_set_flash_mode(session, CAMERA_FLASH_MODE_CLOSE));

    check_modes(session, CAMERA_EXPOSURE_METERING_MODE_MATRIX, CAMERA_EXPOSURE_METERING_MODE_SPOT,
                camera_session_is_exposure_metering_mode_supported, camera_session_get_exposure_metering_mode,
                camera_session_set_exposure_metering_mode);
    modes = check_modes(session, CAMERA_EXPOSURE_MODE_UNSPECIFIED, CAMERA_EXPOSURE_MODE_MANUAL,
                        camera_session_is_exposure_mode_supported, camera_session_get_exposure_mode,
                        camera_session_set_exposure_mode);
    if (check_range(session, camera_session_get_supported_exposure_duration_range,
                    camera_session_get_exposure_duration, camera_session_set_exposure_duration)) {
        OK(camera_session_get_exposure_mode(session, &mode));
        CHECK(modes == 0 || mode == CAMERA_EXPOSURE_MODE_MANUAL);
    }
    check_range(session, camera_session_get_supported_iso_range, camera_session_get_iso, camera_session_set_iso);
    OK(camera_session_is_exposure_mode_supported(session, CAMERA_EXPOSURE_MODE_CONTINUOUS_AUTO, &yes));
    if (yes)
        OK(camera_session_set_exposure_mode(session, CAMERA_EXPOSURE_MODE_CONTINUOUS_AUTO));
    check_bias(session);

    modes = check_modes(session, CAMERA_WHITE_BALANCE_MODE_AUTO, CAMERA_WHITE_BALANCE_MODE_LOCKED,
                        camera_session_is_white_balance_mode_supported, camera_session_get_white_balance_mode,
                        camera_session_set_white_balance_mode);
    if (check_range(session, camera_session_get_white_balance_range, camera_session_get_white_balance,
                    camera_session_set_white_balance)) {
        OK(camera_session_get_white_balance_mode(session, &mode));
        CHECK_EQ(mode, CAMERA_WHITE_BALANCE_MODE_MANUAL);
    }
    OK(camera_session_is_white_balance_mode_supported(session, CAMERA_WHITE_BALANCE_MODE_AUTO, &yes));
    if (yes)
        OK(camera_session_set_white_balance_mode(session, CAMERA_WHITE_BALANCE_MODE_AUTO));
}

static void what_is_supported_is_done(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    check_everything(rig.session);
    OK(camera_session_start(rig.session));
    check_everything(rig.session);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* A capture comes with every flash mode, and modes are kept over a new configuration. */
static void captures_flash(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    for (int32_t mode = CAMERA_FLASH_MODE_CLOSE; mode <= CAMERA_FLASH_MODE_ALWAYS_OPEN; mode++) {
        bool supported = false;
        camera_photo *photo = NULL;
        int32_t now = -1;
        OK(camera_session_is_flash_mode_supported(rig.session, mode, &supported));
        if (!supported)
            continue;
        OK(camera_session_set_flash_mode(rig.session, mode));
        OK(camera_output_take_photo(rig.photo, NULL, (int32_t)(t_limit() * 800), &photo));
        OK(camera_photo_release(photo));
        OK(camera_session_begin_config(rig.session));
        OK(camera_session_commit_config(rig.session));
        OK(camera_session_start(rig.session));
        OK(camera_session_get_flash_mode(rig.session, &now));
        CHECK_EQ(now, mode);
    }
    /* The light goes out with the session, whoever has the camera next. */
    t_rig_release(&rig);
    rig = t_rig_in(manager, 0, COMMITTED);
    int32_t now = -1;
    OK(camera_session_get_flash_mode(rig.session, &now));
    CHECK_EQ(now, CAMERA_FLASH_MODE_CLOSE);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_state),
        CASE(closed_inputs_and_released_managers),
        CASE(bad_arguments),
        CASE(what_is_supported_is_done),
        CASE(captures_flash),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
