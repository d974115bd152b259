/*
 * soak_own.c: what one thread does with sessions, inputs and outputs that nobody else touches. Each answer is compared with the model; where calls go through different queues of the
 * library, which have no order between them, the thread waits for the ones before.
 */
#include "soak_model.h"

__thread struct own_world *world;

static bool is_nasty(int camera) { return now.cameras[camera].faults & NASTY; }

/* --- sessions ------------------------------------------------------------------------------- */

static void outputs_run(const struct own_session *session, int kind, int runs)
{
    for (int i = 0; i < OWN_OUTPUTS; i++) {
        struct own_output *output = &world->outputs[i];
        if (output->handle && output->session == session->number && (kind < 0 || output->kind == kind))
            output->runs = runs;
    }
}

static void leave_all(struct own_session *session)
{
    for (int i = 0; i < OWN_OUTPUTS; i++) {
        if (world->outputs[i].session == session->number) {
            world->outputs[i].session = -1;
            world->outputs[i].runs = NO;
        }
    }
    if (session->input >= 0) {
        struct own_input *input = &world->inputs[session->input];
        if (input->states & IS_OPEN)
            input->states = (input->states & ~(unsigned)IS_OPEN) | CLOSED_BY_SESSION;
        input->session = -1;
        if (input->released)
            memset(input, 0, sizeof *input);
    }
    session->input = -1;
}

/* What follows for outputs and input; `codes` are those that it may have answered. */
static void session_effects(struct own_session *session, int operation, unsigned codes, bool loose)
{
    if (operation == OP_RELEASE && codes & C0) {
        leave_all(session);
    } else if (operation == OP_BEGIN && codes & C0) {
        outputs_run(session, -1, NO);
        session->dead = NO;
    } else if (operation == OP_START && codes & C0) {
        outputs_run(session, PREVIEW_KIND, loose || codes != C0 ? PERHAPS : YES);
    } else if (operation == OP_STOP && session->states >> COMMITTED & 1) {
        if (!(codes == C201 && session->dead == NO && !loose))
            outputs_run(session, -1, loose ? PERHAPS : NO);
    }
}

static const char *session_text(const struct own_session *session)
{
    static __thread char text[160];
    snprintf(text, sizeof text, "in states %02x, input %d, dead %d", session->states, session->input, session->dead);
    return text;
}

static void check_state(struct own_session *session)
{
    int32_t state = -1;
    /* At rest before the call is at rest in it: nobody else calls. */
    bool quiet = GET(session->order.pending) == 0;
    EXPECT_CODE(CALL(STATE, session->handle, camera_session_get_state(session->handle, &state)), C0, "asking for the state");
    if (GET(now.ending))
        return;
    unsigned possible = quiet ? session->states : session->seen;
    if (state < 0 || state > STARTED || !(possible >> state & 1))
        broken("a session is in state %d, which cannot be: of one %s, since rest %02x%s", (int)state,
               session_text(session), session->seen, quiet ? ", at rest" : "");
    if (quiet)
        session->states = session->seen = 1u << state;
}

static void operate(struct own_session *session, int operation, bool later)
{
    camera_session *handle = session->handle;
    bool loose = is_loose(world, session), was_started = session->states == 1u << STARTED;
    unsigned permitted = permitted_of(world, session, operation), codes = permitted;
    /* The release closes the input that is open by then. */
    if (operation == OP_RELEASE && session->input >= 0)
        await_order(&world->inputs[session->input].order, "an input");
    if (later) {
        struct ticket *ticket = new_completion(operation, permitted, &session->order);
        int32_t code = operation == OP_COMMIT ? LATER(ticket, handle, camera_session_commit_config_async(handle, completed, ticket))
                       : operation == OP_START ? LATER(ticket, handle, camera_session_start_async(handle, completed, ticket))
                       : operation == OP_STOP ? LATER(ticket, handle, camera_session_stop_async(handle, completed, ticket))
                                              : LATER(ticket, handle, camera_session_release_async(handle, completed, ticket));
        EXPECT_CODE(code, C0, "an asynchronous call of a session");
    } else {
        int32_t code = operation == OP_BEGIN ? CALL(BEGIN, handle, camera_session_begin_config(handle))
                       : operation == OP_COMMIT ? CALL(COMMIT, handle, camera_session_commit_config(handle))
                       : operation == OP_START ? CALL(START, handle, camera_session_start(handle))
                       : operation == OP_STOP ? CALL(STOP, handle, camera_session_stop(handle))
                                              : CALL(RELEASE, handle, camera_session_release(handle));
        EXPECT_CODE(code, permitted, "operation %d of a session %s", operation, session_text(session));
        codes = code_bit(code);
    }
    session->states = states_after(world, session, operation, codes);
    session->seen |= session->states;
    if (operation != OP_STOP || was_started || loose)
        session_effects(session, operation, codes, loose);
    if (!GET(now.ending) && happens(luck(), later ? 30 : 60))
        check_state(session);
}

static void renew_session(struct own_session *session)
{
    if (session->handle) {
        await_order(&session->order, "a session");
        is_released(H_SESSION, session->handle);
    }
    int number = session->number;
    memset(session, 0, sizeof *session);
    session->number = number;
    session->input = -1;
    session->states = session->seen = 1u << INIT;
    EXPECT_CODE(CALL(SESSION_MAKE, NULL, camera_manager_create_session(now.manager, CAMERA_SCENE_MODE_NORMAL_VIDEO,
                                                                       &session->handle)), C0, "making a session");
    if (GET(now.ending))
        return;
    if (happens(luck(), 50)) {
        LISTEN(A_SESSION_LISTENER, SESSION_LISTEN, session->handle,
               camera_session_add_error_listener(session->handle, session_told, ticket, destroyed, &number));
        session->listener = ticket;
        session->listener_number = number;
    }
    if (happens(luck(), 50)) {
        camera_session_options options = CAMERA_SESSION_OPTIONS_INIT;
        options.silence_ms = happens(luck(), 40) ? 2000 : 0;
        options.reattach = happens(luck(), 80);
        EXPECT_CODE(CALL(OPTIONS, session->handle, camera_session_set_options(session->handle, &options)), C0, "options");
    }
}

static void listen_less(struct own_session *session)
{
    if (!session->listener || session->states >> RELEASED & 1)
        return;
    EXPECT_CODE(CALL(SESSION_DEAF, session->handle, camera_session_remove_listener(session->handle, session->listener_number)),
                C0, "removing a session's listener");
    if (!GET(now.ending))
        taken_away(session->listener, false);
    session->listener = NULL;
}

/* Another session's queue has to be empty before this object goes elsewhere. */
static void settle(int session)
{
    if (session >= 0 && world->sessions[session].handle)
        await_order(&world->sessions[session].order, "a session");
}

/* --- inputs --------------------------------------------------------------------------------- */

static void make_input(struct own_input *input)
{
    memset(input, 0, sizeof *input);
    char id[24];
    input->camera = world->cameras[below(luck(), CAMERAS_OF_ONE)];
    input->states = IS_NEW;
    input->session = input->last_session = -1;
    snprintf(id, sizeof id, "virtual:%d", input->camera);
    EXPECT_CODE(CALL(INPUT_MAKE, NULL, camera_manager_create_input(now.manager, id, &input->handle)), C0, "making an input");
    if (GET(now.ending) || !happens(luck(), 40))
        return;
    LISTEN(AN_INPUT_LISTENER, INPUT_LISTEN, input->handle,
           camera_input_add_listener(input->handle, input_told, ticket, destroyed, &number));
    ticket->clean = !is_nasty(input->camera);
    if (happens(luck(), 20) && !GET(now.ending)) {
        EXPECT_CODE(CALL(INPUT_DEAF, input->handle, camera_input_remove_listener(input->handle, number)), C0,
                    "removing an input's listener");
        if (!GET(now.ending))
            taken_away(ticket, false);
    }
}

static void open_input(struct own_input *input, bool later)
{
    unsigned permitted = 0, next = 0;
    for (unsigned state = IS_NEW; state <= CLOSED_BY_SESSION; state <<= 1) {
        if (!(input->states & state))
            continue;
        bool fails = state == IS_NEW && is_nasty(input->camera);
        permitted |= state > IS_OPEN || input->released ? C201 : fails ? C0 | C102 | C107 | C108 | C201 : C0;
        next |= state > IS_OPEN ? state : fails ? IS_NEW | IS_OPEN : IS_OPEN;
    }
    settle(input->last_session);
    if (later) {
        struct ticket *ticket = new_completion(OP_INPUT_OPEN, permitted, &input->order);
        EXPECT_CODE(LATER(ticket, input->handle, camera_input_open_async(input->handle, completed, ticket)), C0, "opening later");
        input->states = next;
        return;
    }
    int32_t code = CALL(INPUT_OPEN, input->handle, camera_input_open(input->handle));
    EXPECT_CODE(code, permitted, "opening an input in states %02x, released %d", input->states, input->released);
    if (!input->released)
        input->states = code == 0 ? IS_OPEN : input->states & ~(unsigned)IS_OPEN;
}

static void close_input(struct own_input *input, bool later, bool release)
{
    struct own_session *session = input->session >= 0 ? &world->sessions[input->session] : NULL;
    unsigned permitted = release || !(input->states & IS_CLOSED) ? C0 : C201;
    settle(input->last_session);
    await_order(&input->order, "an input");
    if (input->released)
        return;
    if (session && !GET(now.ending))
        check_state(session);
    if (release) {
        EXPECT_CODE(CALL(INPUT_RELEASE, input->handle, camera_input_release(input->handle)), C0, "releasing an input");
        is_released(H_INPUT, input->handle);
        input->released = true;
    } else if (later) {
        struct ticket *ticket = new_completion(OP_INPUT_CLOSE, permitted, &input->order);
        EXPECT_CODE(LATER(ticket, input->handle, camera_input_close_async(input->handle, completed, ticket)), C0, "closing later");
        await_order(&input->order, "an input");
    } else {
        EXPECT_CODE(CALL(INPUT_CLOSE, input->handle, camera_input_close(input->handle)), permitted,
                    "closing an input in states %02x", input->states);
    }
    if (session && input->states & IS_OPEN && session->states & (1u << COMMITTED | 1u << STARTED)) {
        bool loose = is_loose(world, session) || input->states != IS_OPEN;
        session->dead = loose ? PERHAPS : YES;
        outputs_run(session, -1, loose ? PERHAPS : NO);
    }
    input->states = IS_CLOSED;
    if (input->released && input->session < 0)
        memset(input, 0, sizeof *input);
}

static bool camera_is_elsewhere(const struct own_input *input, int session)
{
    for (int i = 0; i < OWN_SESSIONS; i++) {
        if (i != session && world->sessions[i].input >= 0 && world->inputs[world->sessions[i].input].camera == input->camera)
            return true;
    }
    return false;
}

/* The permitted codes of changing a configuration: in state CONFIG these, else 102. */
static unsigned configuring(const struct own_session *session, unsigned in_config)
{
    return (session->states & 1u << CONFIG ? in_config : 0) | (session->states & ~(1u << CONFIG) ? C102 : 0);
}

/* Its answer tells whether the session is in CONFIG. */
static void learn(struct own_session *session, int32_t code, unsigned in_config)
{
    if (code == 0 || !(in_config & C102))
        session->states &= code_bit(code) == C102 ? ~(1u << CONFIG) : 1u << CONFIG;
}

static void add_input(struct own_session *session, int which)
{
    struct own_input *input = &world->inputs[which];
    if (!input->handle)
        return;
    for (int i = 0; i < OWN_SESSIONS; i++)
        settle(i == session->number ? -1 : i);
    bool closed = input->states & (IS_CLOSED | CLOSED_BY_SESSION), elsewhere = camera_is_elsewhere(input, session->number);
    bool perhaps_not = input->states & (IS_NEW | IS_OPEN);
    unsigned in_config = session->input >= 0 ? C201 : (closed ? C108 : 0) | (!perhaps_not ? 0 : elsewhere ? C102 : C0);
    if (happens(luck(), 20)) {
        bool can = false;
        EXPECT_CODE(CALL(CAN_ADD_INPUT, session->handle, camera_session_can_add_input(session->handle, input->handle, &can)), C0,
                    "asking for an input");
        bool sure = session->states == 1u << CONFIG, never = !(session->states & 1u << CONFIG);
        if (!GET(now.ending) && ((can && (never || !(in_config & C0))) || (!can && sure && in_config == C0)))
            broken("can_add_input says %s of a session %s", can ? "yes" : "no", session_text(session));
    }
    int32_t code = CALL(ADD_INPUT, session->handle, camera_session_add_input(session->handle, input->handle));
    EXPECT_CODE(code, configuring(session, in_config), "adding an input in states %02x, elsewhere %d, to a session %s",
                input->states, elsewhere, session_text(session));
    learn(session, code, in_config);
    if (code == 0) {
        session->input = which;
        input->session = input->last_session = session->number;
    }
}

static void remove_input(struct own_session *session, int which)
{
    struct own_input *input = &world->inputs[which];
    if (!input->handle)
        return;
    unsigned in_config = session->input == which ? C0 : C201;
    int32_t code = CALL(REMOVE_INPUT, session->handle, camera_session_remove_input(session->handle, input->handle));
    EXPECT_CODE(code, configuring(session, in_config), "removing an input from a session %s", session_text(session));
    learn(session, code, in_config);
    if (code == 0) {
        session->input = input->session = -1;
        if (input->released) {
            await_order(&input->order, "an input");
            memset(input, 0, sizeof *input);
        }
    }
}

/* --- outputs -------------------------------------------------------------------------------- */

static void drop_output(struct own_output *output)
{
    memset(output, 0, sizeof *output);
    output->session = output->last_session = -1;
}

static void new_output(struct own_output *output)
{
    static const unsigned rates[][2] = {{5, 60}, {5, 60}, {30, 30}, {15, 15}};
    int surface = (int)below(luck(), OWN_SURFACES), rate = (int)below(luck(), 4);
    camera_surface *to = world->surfaces[surface].handle;
    drop_output(output);
    if (!to)
        return;
    output->kind = (int)below(luck(), 3);
    output->shape = happens(luck(), 70) ? (int)below(luck(), 3) : (int)below(luck(), SHAPES);
    if (output->kind == PHOTO_KIND)
        output->shape = 1;
    if (output->kind == VIDEO_KIND) {
        output->min_rate = rates[rate][0];
        output->max_rate = rates[rate][1];
        output->records = world->recorder.surface && output->shape == 0 && happens(luck(), 50);
        to = output->records ? world->recorder.surface : to;
    }
    /* A recorder takes the frames of one output. */
    bool taken = false;
    for (int i = 0; i < OWN_OUTPUTS; i++)
        taken |= &world->outputs[i] != output && world->outputs[i].handle && world->outputs[i].records;
    camera_output *handle = make_output(output->kind, output->shape, output->min_rate, output->max_rate, to,
                                        output->records && taken ? C102 : C0);
    if (GET(now.ending) || !handle)
        return;
    output->handle = handle;
    if (output->kind == PHOTO_KIND) {
        LISTEN(A_PHOTO_LISTENER, OUTPUT_LISTEN, handle,
               camera_output_add_photo_listener(handle, photo_told, ticket, destroyed, &number));
        output->photos = ticket;
    }
}

static void listen_more(struct own_output *output)
{
    if (output->second) {
        EXPECT_CODE(CALL(OUTPUT_DEAF, output->handle, camera_output_remove_listener(output->handle, output->listener)), C0,
                    "removing an output's listener");
        if (!GET(now.ending))
            taken_away(output->second, false);
        output->second = NULL;
        return;
    }
    LISTEN(AN_OUTPUT_LISTENER, OUTPUT_LISTEN, output->handle,
           camera_output_add_listener(output->handle, output_told, ticket, destroyed, &number));
    output->second = ticket;
    output->listener = number;
}

static void add_output(struct own_session *session, struct own_output *output)
{
    /* What it was in last may still have to let go of it. */
    if (output->last_session != session->number)
        settle(output->last_session);
    bool nasty = session->input >= 0 && is_nasty(world->inputs[session->input].camera);
    unsigned in_config = session->input < 0 || output->session >= 0 || output->shape == NOT_OFFERED ? C201
                         : nasty ? C0 | C201 : C0;
    if (happens(luck(), 20)) {
        bool can = false, mine = output->session == session->number && session->input >= 0;
        EXPECT_CODE(CALL(CAN_ADD_OUTPUT, session->handle, camera_session_can_add_output(session->handle, output->handle, &can)),
                    C0, "asking for an output");
        bool sure = session->states == 1u << CONFIG, never = !(session->states & 1u << CONFIG);
        if (!GET(now.ending) && ((can && (never || (in_config == C201 && !mine))) || (!can && sure && (in_config == C0 || mine))))
            broken("can_add_output says %s of a session %s", can ? "yes" : "no", session_text(session));
    }
    int32_t code = CALL(ADD_OUTPUT, session->handle, camera_session_add_output(session->handle, output->handle));
    EXPECT_CODE(code, configuring(session, in_config), "adding output %d of shape %d, in %d, to a session %s", output->kind,
                output->shape, output->session, session_text(session));
    learn(session, code, in_config);
    if (code == 0)
        output->session = output->last_session = session->number;
}

static void remove_output(struct own_session *session, struct own_output *output)
{
    if (output->last_session != session->number)
        settle(output->last_session);
    unsigned in_config = output->session == session->number ? C0 : C201;
    int32_t code = CALL(REMOVE_OUTPUT, session->handle, camera_session_remove_output(session->handle, output->handle));
    EXPECT_CODE(code, configuring(session, in_config), "removing an output in %d from a session %s", output->session,
                session_text(session));
    learn(session, code, in_config);
    if (code == 0)
        output->session = -1;
}

static void run_output(struct own_output *output, bool start, bool later)
{
    struct own_session *session = output->session >= 0 ? &world->sessions[output->session] : NULL;
    int operation = start ? OP_OUTPUT_START : OP_OUTPUT_STOP;
    unsigned permitted = start ? C103 : C201;
    bool live = session && session->states & (1u << COMMITTED | 1u << STARTED), loose = session && is_loose(world, session);
    if (live) {
        permitted = permitted_of(world, session, operation) | (loose ? C201 : 0);
        if (!loose && session->dead == NO) {
            int refused = start ? YES : NO;
            permitted = output->runs == PERHAPS ? C0 | C201 : output->runs == refused ? C201 : C0;
        } else if (!loose && !start) {
            permitted = C201;
        }
    }
    unsigned codes = permitted;
    if (later && session) {
        struct ticket *ticket = new_completion(operation, permitted, &session->order);
        int32_t code = start ? LATER(ticket, output->handle, camera_output_start_async(output->handle, completed, ticket))
                             : LATER(ticket, output->handle, camera_output_stop_async(output->handle, completed, ticket));
        EXPECT_CODE(code, C0, "an asynchronous call of an output");
    } else {
        int32_t code = start ? CALL(OUTPUT_START, output->handle, camera_output_start(output->handle))
                             : CALL(OUTPUT_STOP, output->handle, camera_output_stop(output->handle));
        EXPECT_CODE(code, permitted, "%s of output %d, running %d, of a session %s", start ? "start" : "stop", output->kind,
                    output->runs, session ? session_text(session) : "that is none");
        codes = code_bit(code);
    }
    if (live && loose)
        output->runs = PERHAPS;
    else if (live && session->dead == NO)
        output->runs = start ? YES : NO;
    (void)codes;
}

static void capture(struct own_output *output, int how)
{
    struct own_session *session = output->session >= 0 ? &world->sessions[output->session] : NULL;
    unsigned permitted = session ? permitted_of(world, session, OP_CAPTURE) : C104;
    if (how == 0 && session) {
        struct ticket *ticket = new_completion(OP_CAPTURE, permitted, &session->order);
        ticket->ends_at = output->photos;
        EXPECT_CODE(LATER(ticket, output->handle, camera_output_capture_async(output->handle, NULL, completed, ticket)), C0,
                    "capturing later");
    } else if (how <= 1) {
        int32_t code = CALL(CAPTURE, output->handle, camera_output_capture(output->handle, NULL));
        EXPECT_CODE(code, permitted, "a capture in a session %s", session ? session_text(session) : "that is none");
        ADD(output->photos->begun, code == 0);
    } else {
        camera_photo *photo = NULL;
        int32_t code = CALL(TAKE_PHOTO, output->handle,
                            camera_output_take_photo(output->handle, NULL, (int)below(luck(), 60), &photo));
        ADD(output->photos->begun, code == 0);
        ADD(output->photos->maybe, code != 0);
        /* 201 too: there may be no photo in time. */
        EXPECT_CODE(code, permitted & C0 ? permitted | C108 | C201 : permitted, "a photo in a session %s",
                    session ? session_text(session) : "that is none");
        if (photo)
            EXPECT_CODE(CALL(PHOTO_RELEASE, photo, camera_photo_release(photo)), C0, "releasing a photo");
    }
}

static void set_rate(struct own_output *output)
{
    static const unsigned ranges[][2] = {{15, 15}, {30, 30}, {10, 20}, {5, 60}, {61, 90}};
    const unsigned *range = ranges[below(luck(), T_COUNT(ranges))];
    struct own_session *session = output->session >= 0 ? &world->sessions[output->session] : NULL;
    unsigned permitted = C0, min = range[0], max = range[1];
    if (!session || session->input < 0)
        permitted = C103;
    else if (is_loose(world, session) || session->dead != NO)
        permitted = C0 | C101 | C102 | C103 | C107 | C108 | C110 | C201;
    else if (max > 60 || (output->min_rate == range[0] && output->max_rate == range[1]))
        permitted = C101;
    for (int i = 0; i < OWN_OUTPUTS && permitted == C0; i++) {
        const struct own_output *other = &world->outputs[i];
        if (other != output && other->handle && other->session == output->session && other->max_rate > 0) {
            min = other->min_rate > min ? other->min_rate : min;
            max = other->max_rate < max ? other->max_rate : max;
        }
    }
    if (permitted == C0 && min > max)
        permitted = C110;
    int32_t code = CALL(OUTPUT_RATE, output->handle, camera_output_set_frame_rate(output->handle, range[0], range[1]));
    EXPECT_CODE(code, permitted, "rates %u to %u after %u to %u in a session %s", range[0], range[1], output->min_rate,
                output->max_rate, session ? session_text(session) : "that is none");
    if (code == 0) {
        output->min_rate = range[0];
        output->max_rate = range[1];
    }
}

static void release_output(struct own_output *output, bool later)
{
    struct own_session *session = output->session >= 0 ? &world->sessions[output->session] : NULL;
    camera_output *handle = output->handle;
    if (!session)
        settle(output->last_session);
    if (later && session && !output->records) {
        struct ticket *ticket = new_completion(OP_OUTPUT_RELEASE, C0, &session->order);
        EXPECT_CODE(LATER(ticket, handle, camera_output_release_async(handle, completed, ticket)), C0, "releasing an output later");
    } else {
        EXPECT_CODE(CALL(OUTPUT_RELEASE, handle, camera_output_release(handle)), C0, "releasing an output");
        is_released(output->kind == PHOTO_KIND ? H_PHOTO_OUTPUT : H_OUTPUT, handle);
    }
    drop_output(output);
}


/* --- a thread's life -------------------------------------------------------------------------- */

static struct own_input *some_input(void) { return &world->inputs[below(luck(), OWN_INPUTS)]; }
static struct own_output *some_output(void) { return &world->outputs[below(luck(), OWN_OUTPUTS)]; }

/* An operation with one of the outputs, if it is for its kind. */
static void use_output(struct own_output *output, bool later)
{
    if (!output->handle)
        new_output(output);
    else if (happens(luck(), 8))
        listen_more(output);
    else if (happens(luck(), 4))
        release_output(output, later);
    else if (output->kind == PHOTO_KIND)
        capture(output, (int)below(luck(), 3));
    else if (happens(luck(), 15))
        set_rate(output);
    else
        run_output(output, happens(luck(), 60), later);
}

/* What leads on: without it hardly a session would ever run. */
static void go_on(struct own_session *session, bool later)
{
    unsigned states = session->states;
    if (states == 1u << INIT) {
        operate(session, OP_BEGIN, false);
    } else if (states == 1u << CONFIG && session->input < 0) {
        int which = (int)below(luck(), OWN_INPUTS);
        struct own_input *input = &world->inputs[which];
        if (input->handle && input->session < 0 && (input->states & (IS_CLOSED | CLOSED_BY_SESSION)))
            close_input(input, false, true);
        if (!input->handle)
            make_input(input);
        if (GET(now.ending) || !input->handle)
            return;
        if (input->session < 0 && !camera_is_elsewhere(input, session->number)) {
            open_input(input, later);
            add_input(session, which);
        }
    } else if (states == 1u << CONFIG) {
        struct own_output *output = some_output();
        struct own_input *input = &world->inputs[session->input];
        if (!(input->states & IS_OPEN))
            remove_input(session, session->input);
        else if (happens(luck(), 40))
            operate(session, OP_COMMIT, later);
        else if (output->handle && output->session < 0)
            add_output(session, output);
        else if (!output->handle)
            new_output(output);
        else if (output->session == session->number && happens(luck(), 20))
            remove_output(session, output);
    } else if (states == 1u << COMMITTED && happens(luck(), 70)) {
        operate(session, OP_START, later);
    } else if (states == 1u << RELEASED) {
        renew_session(session);
    } else {
        use_output(some_output(), later);
    }
}

static void any_operation(struct own_session *session, bool later)
{
    static const int operations[] = {OP_BEGIN, OP_COMMIT, OP_START, OP_STOP, OP_START, OP_STOP, OP_RELEASE};
    unsigned which = below(luck(), 24);
    if (which < 9) {
        int operation = operations[below(luck(), T_COUNT(operations))];
        /* Not too often: all has to be built up again. */
        if (operation != OP_RELEASE || happens(luck(), 30))
            operate(session, operation, later && operation != OP_BEGIN);
    } else if (which < 11) {
        add_input(session, (int)below(luck(), OWN_INPUTS));
    } else if (which == 11) {
        remove_input(session, (int)below(luck(), OWN_INPUTS));
    } else if (which < 14) {
        struct own_output *output = some_output();
        if (output->handle)
            (which == 12 ? add_output : remove_output)(session, output);
    } else if (which < 17) {
        struct own_input *input = some_input();
        if (!input->handle)
            make_input(input);
        else if (happens(luck(), 60))
            open_input(input, later);
        else if (happens(luck(), 40))
            close_input(input, later, happens(luck(), 50));
    } else if (which == 17) {
        listen_less(session);
    } else if (which == 18) {
        check_state(session);
    } else if (which == 19) {
        char text[2048];
        int32_t code = CALL(EXPLAIN, session->handle, camera_session_explain_config(session->handle, text, sizeof text, NULL));
        EXPECT_CODE(code, session->states & (1u << INIT | 1u << RELEASED) ? C0 | C103 | C201 : C0 | C201 | C107 | C108 | C102,
                    "explaining a session %s", session_text(session));
    } else {
        use_output(some_output(), later);
    }
}

static void use_surface(struct own_surface *surface)
{
    unsigned which = below(luck(), 20);
    if (!surface->handle) {
        if (GET(surface->held) == 0)
            make_surface(surface);
    } else if (which == 0) {
        release_surface(surface);
    } else if (which == 1) {
        change_consumer(surface);
    } else if (which < 5) {
        count_surface(surface);
    } else if (!surface->consumer || which == 5) {
        take_frame(surface);
    }
}

static void own_step(void)
{
    struct own_session *session = &world->sessions[below(luck(), OWN_SESSIONS)];
    bool later = happens(luck(), 40);
    unsigned which = below(luck(), 100);
    if (which < 35)
        go_on(session, later);
    else if (which < 62)
        any_operation(session, later);
    else if (which < 80)
        use_surface(&world->surfaces[below(luck(), OWN_SURFACES)]);
    else if (which < 85)
        record(later);
    else if (which < 87)
        release_some_frames(below(luck(), 40));
    else if (which < 89)
        try_released();
    else if (which < 90)
        try_foreign();
    else if (which < 97)
        shared_step(false);
    else if (now.caller_driven)
        dispatch_a_while();
    else
        t_sleep_ms((long)below(luck(), 4));
}

void *own_work(void *worker)
{
    me = worker;
    static struct own_world worlds[THREADS]; /* frames that are held count themselves there */
    world = &worlds[me->number];
    memset(world, 0, sizeof *world);
    for (int i = 0; i < CAMERAS_OF_ONE; i++)
        world->cameras[i] = me->number * CAMERAS_OF_ONE + i;
    for (int i = 0; i < OWN_OUTPUTS; i++)
        drop_output(&world->outputs[i]);
    for (int i = 0; i < OWN_SURFACES && !GET(now.ending); i++)
        make_surface(&world->surfaces[i]);
    for (int i = 0; i < OWN_SESSIONS && !GET(now.ending); i++) {
        world->sessions[i].number = i;
        renew_session(&world->sessions[i]);
    }
    while (!GET(now.stop)) {
        /* What came of the last call before the end is not known any more. */
        if (GET(now.ending)) {
            shared_step(false);
            t_sleep_ms(happens(luck(), 20)); /* there is no more to be found in thousands of refusals */
        } else {
            own_step();
        }
        if (now.caller_driven && !GET(now.ended) && happens(luck(), 10))
            dispatch_a_while();
    }
    return NULL;
}
