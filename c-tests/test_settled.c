/*
 * test_settled.c: the first good frame after a start, the states of exposure and flash, and what a
 * session does with its controls when its camera comes back or its input is closed.
 */
#include "t_rig.h"

#define MOST 64
#define MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

struct diary {
    pthread_mutex_t lock;
    size_t count;
    struct {
        int32_t type;
        int64_t value;
    } at[MOST];
};

static void note(camera_session *session, const camera_session_event *event, void *user_data)
{
    struct diary *diary = user_data;
    CHECK(session && event->size >= sizeof *event && event->detail);
    pthread_mutex_lock(&diary->lock);
    CHECK(diary->count < MOST);
    diary->at[diary->count].type = event->type;
    diary->at[diary->count++].value = event->value;
    pthread_mutex_unlock(&diary->lock);
}

static struct diary *listen_to(camera_session *session)
{
    static struct diary diaries[4];
    static size_t used;
    struct diary *diary = &diaries[used++];
    uint64_t listener = 0;
    CHECK(used <= T_COUNT(diaries));
    pthread_mutex_init(&diary->lock, NULL);
    OK(camera_session_add_listener(session, note, diary, NULL, &listener));
    return diary;
}

/* How many events of this type there were; the last one's value. */
static size_t told(struct diary *diary, int32_t type, int64_t *value)
{
    size_t count = 0;
    pthread_mutex_lock(&diary->lock);
    for (size_t i = 0; i < diary->count; i++)
        if (diary->at[i].type == type) {
            count++;
            if (value)
                *value = diary->at[i].value;
        }
    pthread_mutex_unlock(&diary->lock);
    return count;
}

/* Waits for that many events of this type; the last one's value. */
static int64_t wait_for(camera_manager *manager, bool caller, struct diary *diary, int32_t type, size_t count)
{
    int64_t value = -1;
    for (int i = 0; i < (int)(t_limit() * 80); i++) {
        if (caller)
            (void)camera_manager_dispatch(manager, NULL);
        if (told(diary, type, &value) >= count)
            return value;
        t_sleep_ms(10);
    }
    FAIL("event %d never came", (int)type);
    return -1;
}

static struct t_rig rig_of(camera_manager *manager, uint32_t format)
{
    struct t_rig rig = t_rig(manager, 0);
    OK(camera_output_release(rig.preview));
    rig.preview = t_preview(manager, format, 640, 480, rig.view);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    return rig;
}

static void set_options(camera_session *session, int32_t settle_ms, int32_t reattach)
{
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    options.settle_ms = settle_ms;
    options.reattach = reattach;
    OK(camera_session_set_options(session, &options));
}

/* One start on this camera: the number that is told, and whether the exposure converged. */
static int64_t first_good(const char *cameras, uint32_t format, int32_t dispatch, int32_t settle_ms, bool converges)
{
    bool caller = dispatch == CAMERA_DISPATCH_CALLER;
    camera_manager *manager = t_manager_of(cameras, dispatch);
    struct t_rig rig = rig_of(manager, format);
    set_options(rig.session, settle_ms, 0);
    OK(camera_session_commit_config(rig.session));
    struct diary *diary = listen_to(rig.session);
    OK(camera_session_start(rig.session));
    int64_t sequence = wait_for(manager, caller, diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, 1);
    int64_t state = -1;
    size_t states = told(diary, CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE, &state);
    CHECK(states == (converges ? 2 : 1));
    CHECK(state == (converges ? CAMERA_EXPOSURE_STATE_CONVERGED : CAMERA_EXPOSURE_STATE_SCAN));
    t_sleep_ms(300);
    if (caller)
        (void)camera_manager_dispatch(manager, NULL);
    CHECK(told(diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, NULL) == 1);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    return sequence;
}

static void a_good_picture_has_settled_with_its_first_frame(void)
{
    CHECK(first_good("virtual", T_YUYV, CAMERA_DISPATCH_LIBRARY, 20000, true) < 3);
    CHECK(first_good("virtual", T_YUYV, CAMERA_DISPATCH_CALLER, 20000, true) < 3);
}

static void a_camera_that_must_settle_is_good_later(void)
{
    int64_t raw = first_good("virtual+settle=20", T_YUYV, CAMERA_DISPATCH_LIBRARY, 20000, true);
    int64_t jpeg = first_good("virtual+settle=20", MJPG, CAMERA_DISPATCH_CALLER, 20000, true);
    EXPECT(raw >= 10 && raw <= 30, "settled with frame %d", (int)raw);
    EXPECT(jpeg >= 10 && jpeg <= 60, "compressed, settled with frame %d", (int)jpeg);
}

static void what_never_settles_is_told_when_the_time_is_over(void)
{
    CHECK(first_good("virtual+cover@0f-100000f", T_YUYV, CAMERA_DISPATCH_LIBRARY, 500, false) >= 5);
    CHECK(first_good("virtual", MJPG, CAMERA_DISPATCH_LIBRARY, 300, false) >= 0);
}

static void each_start_is_told_of_and_nothing_when_it_is_not_wanted(void)
{
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, T_YUYV);
    struct diary *diary = listen_to(rig.session);
    OK(camera_session_commit_config(rig.session));
    for (size_t i = 1; i <= 2; i++) {
        OK(camera_session_start(rig.session));
        wait_for(manager, false, diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, i);
        OK(camera_session_stop(rig.session));
    }
    OK(camera_session_start(rig.session));
    wait_for(manager, false, diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, 3);
    size_t before = told(diary, CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE, NULL);
    OK(camera_session_set_exposure_bias(rig.session, 1.0f));
    int64_t state = wait_for(manager, false, diary, CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE, before + 2);
    CHECK(state == CAMERA_EXPOSURE_STATE_CONVERGED);
    CHECK(told(diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, NULL) == 3);
    OK(camera_session_begin_config(rig.session));
    set_options(rig.session, -1, 0);
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_start(rig.session));
    t_sleep_ms(800);
    CHECK(told(diary, CAMERA_SESSION_EVENT_TYPE_SETTLED, NULL) == 3);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void the_time_is_within_its_range(void)
{
    static const struct {
        int32_t ms;
        int code;
    } table[] = { { 0, 0 }, { -1, 0 }, { 20, 0 }, { 3600000, 0 }, { 19, 101 }, { -2, 101 }, { 3600001, 101 } };
    camera_manager *manager = t_manager();
    camera_session *session = t_session(manager);
    for (size_t i = 0; i < T_COUNT(table); i++) {
        camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
        options.settle_ms = table[i].ms;
        CHECK_CODE(camera_session_set_options(session, &options), table[i].code);
    }
    OK(camera_manager_release(manager));
}

static void what_the_flash_does_is_told(void)
{
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, T_YUYV);
    OK(camera_session_add_output(rig.session, rig.photo));
    OK(camera_session_commit_config(rig.session));
    struct diary *diary = listen_to(rig.session);
    OK(camera_session_start(rig.session));
    t_sleep_ms(200);
    OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_ALWAYS_OPEN));
    int32_t type = CAMERA_SESSION_EVENT_TYPE_FLASH_STATE;
    CHECK(wait_for(manager, false, diary, type, 1) == CAMERA_FLASH_STATE_FLASHING);
    OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_OPEN));
    CHECK(wait_for(manager, false, diary, type, 2) == CAMERA_FLASH_STATE_READY);
    OK(camera_output_capture(rig.photo, NULL));
    /* Lit, charging, ready; one of the first two may be over before it is looked at. */
    for (int i = 0; i < (int)(t_limit() * 80); i++) {
        int64_t state = -1;
        if (told(diary, type, &state) >= 4 && state == CAMERA_FLASH_STATE_READY)
            break;
        t_sleep_ms(10);
    }
    int64_t state = -1;
    CHECK(told(diary, type, &state) >= 4 && state == CAMERA_FLASH_STATE_READY);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void the_controls_are_as_they_were_when_the_camera_is_back(void)
{
    camera_manager *manager = t_manager_of("virtual+unplug@1500ms+return@2s", CAMERA_DISPATCH_LIBRARY);
    struct t_rig rig = rig_of(manager, T_YUYV);
    struct diary *diary = listen_to(rig.session);
    set_options(rig.session, 0, 1);
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_set_exposure_bias(rig.session, 1.0f));
    OK(camera_session_set_exposure_duration(rig.session, 20000));
    OK(camera_session_set_white_balance(rig.session, 3500));
    OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_ALWAYS_OPEN));
    OK(camera_session_start(rig.session));
    wait_for(manager, false, diary, CAMERA_SESSION_EVENT_TYPE_REATTACHED, 1);
    float bias = 0;
    int32_t duration = 0, mode = -1, balance = 0;
    OK(camera_session_get_exposure_bias(rig.session, &bias));
    OK(camera_session_get_exposure_mode(rig.session, &mode));
    OK(camera_session_get_exposure_duration(rig.session, &duration));
    OK(camera_session_get_white_balance(rig.session, &balance));
    EXPECT(bias > 0.9f && bias < 1.1f, "bias %f", (double)bias);
    CHECK(mode == CAMERA_EXPOSURE_MODE_MANUAL && duration == 20000);
    EXPECT(balance == 3500, "%d kelvin", (int)balance);
    OK(camera_session_get_flash_mode(rig.session, &mode));
    CHECK(mode == CAMERA_FLASH_MODE_ALWAYS_OPEN);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void an_input_that_is_closed_leaves_no_light_on(void)
{
    const uint32_t led_mode = 0x009c0901; /* V4L2_CID_FLASH_LED_MODE */
    camera_manager *manager = t_manager_of("virtual", CAMERA_DISPATCH_LIBRARY);
    camera_input *other = t_input(manager, 0, true);
    struct t_rig rig = rig_of(manager, T_YUYV);
    int64_t value = -1;
    OK(camera_session_commit_config(rig.session));
    OK(camera_session_set_flash_mode(rig.session, CAMERA_FLASH_MODE_ALWAYS_OPEN));
    OK(camera_input_get_control(other, led_mode, &value));
    CHECK(value == 2);
    OK(camera_input_close(rig.input));
    OK(camera_input_get_control(other, led_mode, &value));
    CHECK(value == 0);
    t_rig_release(&rig);
    OK(camera_input_release(other));
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(a_good_picture_has_settled_with_its_first_frame),
        CASE(a_camera_that_must_settle_is_good_later),
        CASE(what_never_settles_is_told_when_the_time_is_over),
        CASE(each_start_is_told_of_and_nothing_when_it_is_not_wanted),
        CASE(the_time_is_within_its_range),
        CASE(what_the_flash_does_is_told),
        CASE(the_controls_are_as_they_were_when_the_camera_is_back),
        CASE(an_input_that_is_closed_leaves_no_light_on),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
