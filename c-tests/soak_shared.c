/*
 * soak_shared.c: sessions, inputs, outputs and surfaces that all threads use at the same time, from inside
 * callbacks too. An answer must be one that some order of the calls allows: those of every state, and
 * once a session is known to be released those of RELEASED alone. At rest what succeeded must add up.
 */
#include "soak.h"

enum { SESSIONS = 3, INPUTS = 3, OUTPUTS = 6, SURFACES = 3, LISTENERS = 12 };

/* A session and how often each operation had each code. */
struct shared_session {
    struct shared_session *next; /* made before it in this round */
    camera_session *handle;
    int begin[CODES], commit[CODES], start[CODES], stop[CODES], release[CODES];
    struct order orders[THREADS]; /* of the calls that each thread made outside callbacks */
};

struct shared_output {
    camera_output *handle;
    int kind;
    struct ticket *photos;
};

struct listener {
    int kind; /* of ticket_kind */
    void *on;
    uint64_t number;
    struct ticket *ticket;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the arrays; never held in a call */
static struct shared_session *sessions[SESSIONS], *all_sessions;
static camera_input *inputs[INPUTS];
static struct shared_output outputs[OUTPUTS];
static camera_surface *surfaces[SURFACES];
static struct listener listeners[LISTENERS];


/* --- making --------------------------------------------------------------------------------- */

camera_output *make_output(int kind, int shape, unsigned min_rate, unsigned max_rate, camera_surface *surface,
                           unsigned permitted)
{
    camera_profile profile = t_profile(kind == 1 ? CAMERA_FORMAT_JPEG : shapes[shape].format, shapes[shape].width,
                                       shapes[shape].height);
    camera_output *output = NULL;
    profile.min_frame_rate = kind == 2 ? min_rate : 0;
    profile.max_frame_rate = kind == 2 ? max_rate : 0;
    int32_t code = kind == 0   ? CALL(OUTPUT_MAKE, NULL, camera_manager_create_preview_output(now.manager, &profile, surface, &output))
                   : kind == 1 ? CALL(OUTPUT_MAKE, NULL, camera_manager_create_photo_output(now.manager, &profile, NULL, &output))
                               : CALL(OUTPUT_MAKE, NULL, camera_manager_create_video_output(now.manager, &profile, surface, &output));
    EXPECT_CODE(code, permitted, "making an output");
    return code == 0 ? output : NULL;
}

static void keep_listener(int kind, void *on, uint64_t number, struct ticket *ticket)
{
    pthread_mutex_lock(&lock);
    listeners[below(&me->chance, LISTENERS)] = (struct listener){kind, on, number, ticket};
    pthread_mutex_unlock(&lock);
}

/* `call` uses `ticket` and `number`. The object may be released meanwhile. */
#define LISTEN(kind_, operation, on_, permitted, call)                                             \
    do {                                                                                           \
        struct ticket *ticket = new_ticket((kind_), OP_##operation);                               \
        uint64_t number = 0;                                                                       \
        ticket->target = (on_);                                                                    \
        int32_t code_ = CALL(operation, (on_), call);                                              \
        stored(ticket, code_);                                                                     \
        EXPECT_CODE(code_, permitted, "adding a listener");                                        \
        if (code_ == 0)                                                                            \
            keep_listener((kind_), (on_), number, ticket);                                         \
    } while (0)

static struct shared_session *make_session(void)
{
    camera_session *handle = NULL;
    int32_t code = CALL(SESSION_MAKE, NULL, camera_manager_create_session(now.manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &handle));
    EXPECT_CODE(code, C0, "making a session");
    if (code != 0)
        return NULL;
    camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
    options.reattach = happens(&me->chance, 50);
    EXPECT_CODE(CALL(OPTIONS, handle, camera_session_set_options(handle, &options)), C0 | C101 | C201, "options");
    struct shared_session *session = calloc(1, sizeof *session);
    if (!session)
        broken("no memory");
    session->handle = handle;
    pthread_mutex_lock(&lock);
    session->next = all_sessions;
    all_sessions = session;
    sessions[below(&me->chance, SESSIONS)] = session;
    pthread_mutex_unlock(&lock);
    return session;
}

static void make_input(void)
{
    char id[24];
    camera_input *input = NULL;
    snprintf(id, sizeof id, "virtual:%u", THREADS * CAMERAS_OF_ONE + below(&me->chance, SHARED_CAMERAS));
    int32_t code = CALL(INPUT_MAKE, NULL, camera_manager_create_input(now.manager, id, &input));
    EXPECT_CODE(code, C0, "making an input");
    if (code != 0)
        return;
    EXPECT_CODE(CALL(INPUT_OPEN, input, camera_input_open(input)), C0 | C102 | C107 | C108 | C201, "opening an input");
    pthread_mutex_lock(&lock);
    inputs[below(&me->chance, INPUTS)] = input;
    pthread_mutex_unlock(&lock);
}

static void make_surface(void)
{
    camera_surface *surface = NULL;
    int32_t code = CALL(SURFACE_MAKE, NULL, camera_manager_create_surface(now.manager, NULL, &surface));
    EXPECT_CODE(code, C0, "making a surface");
    if (code != 0)
        return;
    pthread_mutex_lock(&lock);
    surfaces[below(&me->chance, SURFACES)] = surface;
    pthread_mutex_unlock(&lock);
}

static camera_surface *a_surface(void)
{
    pthread_mutex_lock(&lock);
    camera_surface *surface = surfaces[below(&me->chance, SURFACES)];
    pthread_mutex_unlock(&lock);
    return surface;
}

static void make_an_output(void)
{
    struct shared_output output = {NULL, (int)below(&me->chance, 3), NULL};
    /* The surface may be released by now. */
    output.handle = make_output(output.kind, (int)below(&me->chance, 3), 5, 60, a_surface(), output.kind == 1 ? C0 : C0 | C101);
    if (!output.handle)
        return;
    if (output.kind == 1) {
        /* Nobody else has it yet, so it is there, and hears of every capture. */
        struct ticket *ticket = new_ticket(A_PHOTO_LISTENER, OP_OUTPUT_LISTEN);
        uint64_t number = 0;
        ticket->target = output.handle;
        int32_t code = CALL(OUTPUT_LISTEN, output.handle, camera_output_add_photo_listener(output.handle, photo_told, ticket,
                                                                                           destroyed, &number));
        stored(ticket, code);
        EXPECT_CODE(code, C0, "adding a listener");
        output.photos = ticket;
    }
    pthread_mutex_lock(&lock);
    outputs[below(&me->chance, OUTPUTS)] = output;
    pthread_mutex_unlock(&lock);
}

/* --- sessions ------------------------------------------------------------------------------- */

static struct order *order_of(struct shared_session *session)
{
    return me->number < THREADS && me->depth == 0 ? &session->orders[me->number] : NULL;
}

static int *tally_of(struct shared_session *session, int operation)
{
    return operation == OP_BEGIN    ? session->begin
           : operation == OP_COMMIT ? session->commit
           : operation == OP_START  ? session->start
           : operation == OP_STOP   ? session->stop : session->release;
}

static void operate(struct shared_session *session, int operation, bool later)
{
    camera_session *handle = session->handle;
    unsigned released = operation == OP_COMMIT ? C102 : operation == OP_START ? C103 : C201;
    unsigned permitted = operation == OP_BEGIN    ? C0 | C105
                         : operation == OP_COMMIT ? C0 | C102 | C107 | C108 | C110 | C201
                         : operation == OP_START  ? C0 | C102 | C103 | C107 | C108 | C201
                         : operation == OP_STOP   ? C0 | C201 : C0;
    /* Looked at before the call: a release that has succeeded by then stays. */
    permitted = GET(session->release[0]) ? released : permitted | released;
    int *tally = tally_of(session, operation);
    if (later && operation != OP_BEGIN) {
        struct ticket *ticket = new_completion(operation, permitted, order_of(session));
        ticket->tally = tally;
        int32_t code = operation == OP_COMMIT ? LATER(ticket, handle, camera_session_commit_config_async(handle, completed, ticket))
                       : operation == OP_START ? LATER(ticket, handle, camera_session_start_async(handle, completed, ticket))
                       : operation == OP_STOP ? LATER(ticket, handle, camera_session_stop_async(handle, completed, ticket))
                                              : LATER(ticket, handle, camera_session_release_async(handle, completed, ticket));
        EXPECT_CODE(code, C0, "an asynchronous call of a shared session");
    } else {
        int32_t code = operation == OP_BEGIN ? CALL(BEGIN, handle, camera_session_begin_config(handle))
                       : operation == OP_COMMIT ? CALL(COMMIT, handle, camera_session_commit_config(handle))
                       : operation == OP_START ? CALL(START, handle, camera_session_start(handle))
                       : operation == OP_STOP ? CALL(STOP, handle, camera_session_stop(handle))
                                              : CALL(RELEASE, handle, camera_session_release(handle));
        EXPECT_CODE(code, permitted, "operation %d of a shared session", operation);
        ADD(tally[code_index(code)], 1);
    }
}

static void look_at(struct shared_session *session)
{
    bool released = GET(session->release[0]), begun = GET(session->begin[0]);
    int32_t state = -1;
    EXPECT_CODE(CALL(STATE, session->handle, camera_session_get_state(session->handle, &state)), C0, "asking for the state");
    if ((released && state != RELEASED) || (begun && state == INIT))
        broken("a shared session is in state %d after %s", (int)state, released ? "its release" : "begin");
}

static void configure(struct shared_session *session, camera_input *input, struct shared_output *output)
{
    camera_session *handle = session->handle;
    unsigned refused = GET(session->release[0]) ? C102 : C0 | C102 | C201;
    bool can = false;
    switch (below(&me->chance, 7)) {
    case 0: case 1:
        EXPECT_CODE(CALL(ADD_INPUT, handle, camera_session_add_input(handle, input)),
                    input ? refused == C102 ? C102 : refused | C108 : C101, "adding an input to a shared session");
        break;
    case 2:
        EXPECT_CODE(CALL(REMOVE_INPUT, handle, camera_session_remove_input(handle, input)), input ? refused : C101,
                    "removing an input from a shared session");
        break;
    case 3: case 4:
        EXPECT_CODE(CALL(ADD_OUTPUT, handle, camera_session_add_output(handle, output->handle)), output->handle ? refused : C101,
                    "adding an output to a shared session");
        break;
    case 5:
        EXPECT_CODE(CALL(REMOVE_OUTPUT, handle, camera_session_remove_output(handle, output->handle)),
                    output->handle ? refused : C101, "removing an output from a shared session");
        break;
    default:
        EXPECT_CODE(CALL(CAN_ADD_INPUT, handle, camera_session_can_add_input(handle, input, &can)), input ? C0 : C101,
                    "asking for an input");
    }
}

/* From the beginning to the running session, whatever the others do meanwhile. */
static void run(struct shared_session *session, camera_input *input, struct shared_output *output, bool later)
{
    unsigned refused = C0 | C102 | C108 | C201;
    operate(session, OP_BEGIN, false);
    if (input)
        EXPECT_CODE(CALL(ADD_INPUT, session->handle, camera_session_add_input(session->handle, input)), refused, "adding an input");
    if (output->handle)
        EXPECT_CODE(CALL(ADD_OUTPUT, session->handle, camera_session_add_output(session->handle, output->handle)), refused,
                    "adding an output");
    operate(session, OP_COMMIT, later);
    operate(session, OP_START, later);
}

/* --- the rest ------------------------------------------------------------------------------- */

static void use_output(struct shared_output *output, bool later)
{
    camera_output *handle = output->handle;
    camera_output_statistics counts = CAMERA_OUTPUT_STATISTICS_INIT;
    camera_photo *photo = NULL;
    unsigned flow = C0 | C102 | C103 | C107 | C108 | C201, which = below(&me->chance, 10);
    if (which == 0) {
        EXPECT_CODE(CALL(OUTPUT_COUNTS, handle, camera_output_get_statistics(handle, &counts)), C0 | C201, "counting");
    } else if (which == 1 && happens(&me->chance, 30)) {
        EXPECT_CODE(CALL(OUTPUT_RELEASE, handle, camera_output_release(handle)), C0 | C201, "releasing a shared output");
        make_an_output();
    } else if (which == 2) {
        LISTEN(AN_OUTPUT_LISTENER, OUTPUT_LISTEN, handle, C0 | C201,
               camera_output_add_listener(handle, output_told, ticket, destroyed, &number));
    } else if (output->kind == 1) {
        unsigned permitted = C0 | C102 | C104 | C107 | C108 | C201;
        if (later) {
            struct ticket *ticket = new_completion(OP_CAPTURE, permitted, NULL);
            ticket->ends_at = output->photos;
            EXPECT_CODE(LATER(ticket, handle, camera_output_capture_async(handle, NULL, completed, ticket)), C0, "capturing later");
            return;
        }
        int32_t code = CALL(TAKE_PHOTO, handle, camera_output_take_photo(handle, NULL, (int)below(&me->chance, 30), &photo));
        EXPECT_CODE(code, permitted, "taking a photo");
        ADD(output->photos->begun, code == 0);
        ADD(output->photos->maybe, code != 0);
        if (photo)
            EXPECT_CODE(CALL(PHOTO_RELEASE, photo, camera_photo_release(photo)), C0, "releasing a photo");
    } else if (which == 3) {
        EXPECT_CODE(CALL(OUTPUT_RATE, handle, camera_output_set_frame_rate(handle, 10, 10 + below(&me->chance, 3) * 10)),
                    flow | C101 | C102 | C110, "rates of a shared output");
    } else if (later) {
        bool start = which < 7;
        struct ticket *ticket = new_completion(start ? OP_OUTPUT_START : OP_OUTPUT_STOP, start ? flow : C0 | C201, NULL);
        EXPECT_CODE(start ? LATER(ticket, handle, camera_output_start_async(handle, completed, ticket))
                          : LATER(ticket, handle, camera_output_stop_async(handle, completed, ticket)), C0,
                    "an asynchronous call of a shared output");
    } else if (which < 7) {
        EXPECT_CODE(CALL(OUTPUT_START, handle, camera_output_start(handle)), flow, "starting a shared output");
    } else {
        EXPECT_CODE(CALL(OUTPUT_STOP, handle, camera_output_stop(handle)), C0 | C201, "stopping a shared output");
    }
}

static void use_surface(camera_surface *surface)
{
    camera_frame *frame = NULL;
    unsigned which = below(&me->chance, 12);
    if (which == 0) {
        EXPECT_CODE(CALL(SURFACE_RELEASE, surface, camera_surface_release(surface)), C0 | C101, "releasing a shared surface");
        make_surface();
    } else if (which < 4) {
        struct ticket *ticket = which == 1 ? NULL : new_ticket(A_CONSUMER, OP_SURFACE_CALLBACK);
        if (ticket)
            ticket->target = surface;
        int32_t code = CALL(SURFACE_CALLBACK, surface, camera_surface_set_callback(surface, ticket ? frame_told : NULL, ticket,
                                                                                   destroyed));
        EXPECT_CODE(code, C0 | C101, "changing a shared consumer");
        if (ticket)
            stored(ticket, code);
    } else if (CALL(ACQUIRE, surface, camera_surface_acquire(surface, 0, &frame)) == 0 && frame) {
        ADD(count_frames, 1);
        hold_frame(frame, NULL);
    }
}

static void use_listeners(struct shared_session *session)
{
    struct listener away = {0, NULL, 0, NULL};
    if (happens(&me->chance, 30)) {
        LISTEN(A_SESSION_LISTENER, SESSION_LISTEN, session->handle, C0 | C201,
               camera_session_add_error_listener(session->handle, session_told, ticket, destroyed, &number));
        return;
    }
    if (happens(&me->chance, 15)) {
        LISTEN(A_STATUS_LISTENER, MANAGER_LISTEN, now.manager, C0,
               camera_manager_add_listener(now.manager, status_told, ticket, destroyed, &number));
        return;
    }
    pthread_mutex_lock(&lock);
    unsigned at = below(&me->chance, LISTENERS);
    away = listeners[at];
    listeners[at].ticket = NULL;
    pthread_mutex_unlock(&lock);
    if (!away.ticket)
        return;
    /* Whoever took it out of the list is the only one to remove it. */
    int32_t code = away.kind == AN_OUTPUT_LISTENER   ? CALL(OUTPUT_DEAF, away.on, camera_output_remove_listener(away.on, away.number))
                   : away.kind == A_SESSION_LISTENER ? CALL(SESSION_DEAF, away.on, camera_session_remove_listener(away.on, away.number))
                                                     : CALL(MANAGER_DEAF, away.on, camera_manager_remove_listener(away.on, away.number));
    EXPECT_CODE(code, C0 | C201, "removing a shared listener");
    /* From inside a callback it may be this listener, or one that waits for this callback. */
    if (code == 0 && me->depth == 0)
        taken_away(away.ticket, false);
}

void shared_step(bool inside)
{
    pthread_mutex_lock(&lock);
    struct shared_session *session = sessions[below(&me->chance, SESSIONS)];
    camera_input *input = inputs[below(&me->chance, INPUTS)];
    struct shared_output output = outputs[below(&me->chance, OUTPUTS)];
    pthread_mutex_unlock(&lock);
    bool later = happens(&me->chance, 50);
    unsigned which = below(&me->chance, 100);
    camera_surface *surface = a_surface();
    if (!session || !surface)
        return;
    if (which < 20) {
        static const int operations[] = {OP_BEGIN, OP_COMMIT, OP_START, OP_STOP, OP_START};
        operate(session, operations[below(&me->chance, T_COUNT(operations))], later);
    } else if (which < 30) {
        run(session, input, &output, later);
    } else if (which < 32) {
        operate(session, OP_RELEASE, later);
        make_session();
    } else if (which < 45) {
        configure(session, input, &output);
    } else if (which < 50) {
        look_at(session);
    } else if (which < 70) {
        if (output.handle)
            use_output(&output, later);
        else
            make_an_output();
    } else if (which < 82) {
        use_surface(surface);
    } else if (which < 90) {
        use_listeners(session);
    } else if (which < 92 && input) {
        EXPECT_CODE(CALL(INPUT_CLOSE, input, camera_input_close(input)), C0 | C201, "closing a shared input");
    } else if (which == 92 && input) {
        EXPECT_CODE(CALL(INPUT_RELEASE, input, camera_input_release(input)), C0, "releasing a shared input");
    } else if (which < 96) {
        make_input();
    } else if (which == 96) {
        make_an_output();
    } else if (which == 97) {
        camera_list *list = NULL;
        EXPECT_CODE(CALL(LIST, NULL, camera_manager_list_cameras(now.manager, &list)), C0, "listing the cameras");
        if (list)
            EXPECT_CODE(camera_list_release(list), C0, "releasing a list");
    } else if (!inside) {
        release_some_frames(20);
    }
}

void shared_begin(void)
{
    for (int i = 0; i < 2 * SESSIONS; i++)
        make_session();
    for (int i = 0; i < 3 * SURFACES; i++)
        make_surface();
    make_input();
    for (int i = 0; i < OUTPUTS; i++)
        make_an_output();
}

/* Each begin leads to CONFIG, and only a commit that succeeds, or the release, leads out of it; and so on. */
static void check_sums(const struct shared_session *session, bool alive)
{
    int begun = session->begin[0], committed = session->commit[0], started = session->start[0], stopped = session->stop[0];
    int left = begun - committed, stops = stopped + session->stop[CODES - 1];
    int32_t state = -1;
    EXPECT_CODE(camera_session_get_state(session->handle, &state), C0, "asking for the state");
    bool fits = left >= 0 && left <= 1 && session->release[0] <= 1 && stopped <= started && started <= stops + begun + 1;
    if (alive)
        fits = fits && (state == RELEASED) == (session->release[0] == 1) && (state == INIT) <= (begun == 0) &&
               (state == RELEASED || (state == CONFIG) == (left == 1)) && (state != STARTED || started > stopped);
    else
        fits = fits && state == RELEASED;
    if (!fits)
        broken("a shared session in state %d was begun %d times, committed %d, started %d, stopped %d, released %d", (int)state,
               begun, committed, started, stopped, session->release[0]);
}

void shared_end(void)
{
    for (struct shared_session *session = all_sessions; session; session = session->next)
        check_sums(session, true);
}

void shared_after(void)
{
    while (all_sessions) {
        struct shared_session *session = all_sessions;
        check_sums(session, false);
        is_released(H_SESSION, session->handle);
        all_sessions = session->next;
        free(session);
    }
    memset(sessions, 0, sizeof sessions);
    memset(inputs, 0, sizeof inputs);
    memset(outputs, 0, sizeof outputs);
    memset(surfaces, 0, sizeof surfaces);
    memset(listeners, 0, sizeof listeners);
}
