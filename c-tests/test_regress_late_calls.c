/*
 * Asynchronous calls that are made while another thread releases the manager: each is accepted, and
 * then completes where completions run, in order, before the release has returned, or is refused. However many
 * are made, the release comes to its end.
 *
 * TSAN: its threads meet in many ways.
 */
#include "t_rig.h"

#define CALLERS 3

static camera_session *session;
static camera_input *input;
static camera_output *output;
static int accepted, called, over, stop, last[CALLERS];
static int numbers[CALLERS][1 << 20]; /* the calls' user data: their places here */
static __thread int application; /* a thread of the application, which does not dispatch */

static void done(int32_t code, const char *detail, void *user_data)
{
    (void)code;
    (void)detail;
    /* Calls of one thread on one session complete in order. */
    int *number = user_data;
    int caller = (int)((number - numbers[0]) / (1 << 20)), at = (int)((number - numbers[0]) % (1 << 20));
    if (*number) {
        CHECK(at > last[caller]);
        last[caller] = at;
    }
    CHECK(!application);
    CHECK(!__atomic_load_n(&over, __ATOMIC_SEQ_CST));
    __atomic_add_fetch(&called, 1, __ATOMIC_SEQ_CST);
}

static void *call(void *place)
{
    int *own = place;
    application = 1;
    for (int turn = 1; turn < 1 << 20 && !__atomic_load_n(&stop, __ATOMIC_SEQ_CST); turn++) {
        int *number = &own[turn];
        *number = turn % 4 < 2; /* of the session */
        int32_t code = turn % 4 == 0   ? camera_session_start_async(session, done, number)
                       : turn % 4 == 1 ? camera_session_commit_config_async(session, done, number)
                       : turn % 4 == 2 ? camera_input_open_async(input, done, number)
                                       : camera_output_start_async(output, done, number);
        __atomic_add_fetch(&accepted, code == 0, __ATOMIC_SEQ_CST);
        if (code != 0)
            CHECK(code == t_long(102) || code == t_long(103) || code == t_long(201));
    }
    return NULL;
}

static void release_while_they_call(int32_t dispatch)
{
    for (long round = 0; round < t_scaled(24); round++) {
        pthread_t callers[CALLERS];
        camera_manager *manager = t_manager_of("virtual:2", dispatch);
        struct t_rig rig = t_rig_in(manager, 0, CONFIG);
        session = rig.session, input = rig.input, output = rig.preview;
        accepted = called = over = stop = 0;
        memset(last, 0, sizeof last);
        for (int i = 0; i < CALLERS; i++)
            CHECK(pthread_create(&callers[i], NULL, call, numbers[i]) == 0);
        t_sleep_ms(round % 4);
        OK(camera_manager_release(manager));
        __atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
        t_sleep_ms(round % 3);
        __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
        for (int i = 0; i < CALLERS; i++)
            pthread_join(callers[i], NULL);
        CHECK_EQ(called, accepted);
    }
}

static void by_the_library(void) { release_while_they_call(CAMERA_DISPATCH_LIBRARY); }
static void by_the_caller(void) { release_while_they_call(CAMERA_DISPATCH_CALLER); }

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {CASE(by_the_library), CASE(by_the_caller)};
    return t_main(argc, argv, cases, T_COUNT(cases));
}
