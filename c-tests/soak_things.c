/*
 * soak_things.c: one thread's surfaces and recorder. Each is used by this thread alone, so its answers,
 * its counts and the ends that its listeners hear are known exactly.
 */
#include "soak_model.h"

/* --- surfaces ------------------------------------------------------------------------------- */

void make_surface(struct own_surface *surface)
{
    camera_surface_options options = CAMERA_SURFACE_OPTIONS_INIT;
    memset(surface, 0, sizeof *surface);
    options.capacity = 1 + below(luck(), 4);
    options.policy = happens(luck(), 50) ? CAMERA_SURFACE_POLICY_DROP_OLDEST : CAMERA_SURFACE_POLICY_DROP_NEWEST;
    options.max_held = 1 + below(luck(), 12);
    EXPECT_CODE(CALL(SURFACE_MAKE, NULL, camera_manager_create_surface(now.manager, &options, &surface->handle)), C0,
                "making a surface");
}

void change_consumer(struct own_surface *surface)
{
    struct ticket *ticket = NULL, *before = surface->consumer;
    if (!before) {
        ticket = new_ticket(A_CONSUMER, OP_SURFACE_CALLBACK);
        ticket->target = surface->handle;
    }
    int32_t code = CALL(SURFACE_CALLBACK, surface->handle,
                        camera_surface_set_callback(surface->handle, ticket ? frame_told : NULL, ticket, destroyed));
    EXPECT_CODE(code, C0, "changing a consumer");
    if (ticket)
        stored(ticket, code);
    if (GET(now.ending))
        return;
    if (before)
        taken_away(before, false);
    surface->consumer = ticket;
    surface->had_consumer = true;
}

void take_frame(struct own_surface *surface)
{
    camera_frame *frame = NULL;
    int32_t code = CALL(ACQUIRE, surface->handle, camera_surface_acquire(surface->handle, (int)below(luck(), 12), &frame));
    EXPECT_CODE(code, surface->consumer ? C102 : C0, "taking a frame");
    if (code != 0 || !frame)
        return;
    ADD(count_frames, 1);
    surface->taken++;
    ADD(surface->held, 1);
    look_at_frame(frame);
    hold_frame(frame, &surface->held);
}

void count_surface(struct own_surface *surface)
{
    camera_surface_statistics counts = CAMERA_SURFACE_STATISTICS_INIT;
    int before = GET(surface->held);
    EXPECT_CODE(CALL(SURFACE_COUNTS, surface->handle, camera_surface_get_statistics(surface->handle, &counts)), C0, "counting");
    if (GET(now.ending) || surface->had_consumer)
        return;
    /* Another thread may be giving frames back: it has counted them already. */
    if (counts.delivered != surface->taken || (int)counts.held < GET(surface->held) || (int)counts.held > before + 8)
        broken("a surface counts %" PRIu64 " frames taken and %u held; they are %" PRIu64 " and %d", counts.delivered,
               (unsigned)counts.held, surface->taken, before);
    if (counts.arrived < counts.delivered + counts.waiting)
        broken("a surface counts more frames out than in");
}

void release_surface(struct own_surface *surface)
{
    EXPECT_CODE(CALL(SURFACE_RELEASE, surface->handle, camera_surface_release(surface->handle)), C0, "releasing a surface");
    if (GET(now.ending))
        return;
    if (surface->consumer)
        taken_away(surface->consumer, false);
    is_released(H_SURFACE, surface->handle);
    /* Frames of it are still held, and count themselves there: the next one gets another place. */
    surface->handle = NULL;
}

/* --- the recorder ----------------------------------------------------------------------------- */

enum { IDLE = CAMERA_RECORDER_STATE_IDLE, RECORDING = CAMERA_RECORDER_STATE_RECORDING, PAUSED = CAMERA_RECORDER_STATE_PAUSED,
       STOPPED = CAMERA_RECORDER_STATE_STOPPED };

static void make_recorder(void)
{
    FILE *file = tmpfile();
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    memset(&world->recorder, 0, sizeof world->recorder);
    if (!file)
        broken("no temporary file can be made");
    options.fd = fileno(file);
    camera_recorder *handle = NULL;
    EXPECT_CODE(CALL(RECORDER_MAKE, NULL, camera_manager_create_recorder(now.manager, &options, &handle)), C0, "making a recorder");
    fclose(file); /* the recorder has a duplicate */
    if (GET(now.ending) || !handle)
        return;
    LISTEN(A_RECORDER_LISTENER, RECORDER_LISTEN, handle,
           camera_recorder_add_listener(handle, recorder_told, ticket, destroyed, &number));
    if (GET(now.ending))
        return;
    world->recorder.handle = handle;
    world->recorder.listener = ticket;
    EXPECT_CODE(camera_recorder_get_surface(handle, &world->recorder.surface), C0, "asking for a recorder's surface");
}

void record(bool later)
{
    camera_recorder *handle = world->recorder.handle;
    if (!handle) {
        make_recorder();
        return;
    }
    int state = world->recorder.state, operation = OP_RECORDER_START, next = RECORDING;
    switch (below(luck(), 12)) {
    case 0: case 1: case 2: break;
    case 3: case 4: operation = OP_RECORDER_PAUSE, next = PAUSED; break;
    case 5: case 6: case 7: operation = OP_RECORDER_RESUME; break;
    case 8: operation = OP_RECORDER_STOP, next = STOPPED; break;
    case 9: operation = OP_RECORDER_RELEASE; break;
    default: {
        int32_t told = -1;
        await_order(&world->recorder.order, "a recorder");
        EXPECT_CODE(CALL(RECORDER_STATE, handle, camera_recorder_get_state(handle, &told)), C0, "a recorder's state");
        if (told != state && !GET(now.ending))
            broken("a recorder is in state %d, not %d", (int)told, state);
        return;
    }
    }
    bool fits = operation == OP_RECORDER_START    ? state == IDLE
                : operation == OP_RECORDER_PAUSE  ? state == RECORDING
                : operation == OP_RECORDER_RESUME ? state == PAUSED
                : operation == OP_RECORDER_STOP   ? state == RECORDING || state == PAUSED : true;
    unsigned permitted = fits ? C0 : C102;
    struct ticket *begins = operation == OP_RECORDER_START ? world->recorder.listener : NULL;
    if (later) {
        struct ticket *ticket = new_completion(operation, permitted, &world->recorder.order);
        ticket->ends_at = begins;
#define RECORD(name) LATER(ticket, handle, camera_recorder_##name##_async(handle, completed, ticket))
        int32_t code = operation == OP_RECORDER_START    ? RECORD(start)
                       : operation == OP_RECORDER_PAUSE  ? RECORD(pause)
                       : operation == OP_RECORDER_RESUME ? RECORD(resume)
                       : operation == OP_RECORDER_STOP   ? RECORD(stop) : RECORD(release);
        EXPECT_CODE(code, C0, "an asynchronous call of a recorder");
    } else {
        int32_t code = operation == OP_RECORDER_START    ? CALL(RECORDER_START, handle, camera_recorder_start(handle))
                       : operation == OP_RECORDER_PAUSE  ? CALL(RECORDER_PAUSE, handle, camera_recorder_pause(handle))
                       : operation == OP_RECORDER_RESUME ? CALL(RECORDER_RESUME, handle, camera_recorder_resume(handle))
                       : operation == OP_RECORDER_STOP   ? CALL(RECORDER_STOP, handle, camera_recorder_stop(handle))
                                                         : CALL(RECORDER_RELEASE, handle, camera_recorder_release(handle));
        EXPECT_CODE(code, permitted, "operation %d of a recorder in state %d", operation, state);
        if (begins)
            ADD(begins->begun, code == 0);
    }
    world->recorder.state = fits ? next : state;
    if (operation == OP_RECORDER_RELEASE) {
        await_order(&world->recorder.order, "a recorder");
        is_released(H_RECORDER, handle);
        world->recorder.handle = NULL;
        world->recorder.surface = NULL;
        for (int i = 0; i < OWN_OUTPUTS; i++)
            world->outputs[i].records = false;
    }
}
