/*
 * soak_model.c: sections 3 to 7 of the contract as a function: what may an operation answer in a
 * state, and which state follows each answer. A session whose camera may fail can be in one of
 * several states until something tells which; the model carries them all.
 */
#include "soak_model.h"

const struct shape shapes[SHAPES] = {
    {T_YUYV, 320, 240},
    {CAMERA_FORMAT_YUV_420_SP, 320, 240},
    {CAMERA_FORMAT_RGBA_8888, 320, 240},
    {T_YUYV, 640, 480},
    {CAMERA_FORMAT_YUV_420_SP, 640, 360},
    {T_YUYV, 322, 240}, /* not offered */
};

static bool is_wide(int shape) { return shapes[shape].width * 3 != shapes[shape].height * 4; }

/* The codes of a plan for these outputs by a camera that does not fail. YUYV is never made, so that it
 * fixes the camera's size, and nothing is made larger than the camera gives it. */
static unsigned planned(const struct own_output *outputs, size_t count, int session)
{
    bool narrow = false, needs_more = false;
    unsigned min_rate = 0, max_rate = 1000;
    for (size_t i = 0; i < count; i++) {
        const struct own_output *one = &outputs[i];
        if (!one->handle || one->session != session)
            continue;
        narrow |= one->kind != PHOTO_KIND && one->shape == 0;
        needs_more |= one->kind != PHOTO_KIND && one->shape >= 3;
        if (one->max_rate > 0) {
            min_rate = one->min_rate > min_rate ? one->min_rate : min_rate;
            max_rate = one->max_rate < max_rate ? one->max_rate : max_rate;
        }
        for (size_t j = 0; j < i; j++) {
            const struct own_output *other = &outputs[j];
            if (other->handle && other->session == session && one->kind != PHOTO_KIND && other->kind != PHOTO_KIND &&
                one->kind != other->kind && is_wide(one->shape) != is_wide(other->shape))
                return C201;
        }
    }
    if (narrow && needs_more)
        return C201;
    return min_rate > max_rate ? C110 : C0;
}

static unsigned commit_codes(const struct own_world *world, const struct own_session *session)
{
    unsigned codes = 0;
    size_t outputs = 0;
    for (size_t i = 0; i < OWN_OUTPUTS; i++)
        outputs += world->outputs[i].handle && world->outputs[i].session == session->number;
    if (session->input < 0 || outputs == 0)
        return C201;
    const struct own_input *input = &world->inputs[session->input];
    if (input->states & ~(unsigned)IS_OPEN)
        codes |= C201;
    if (input->states & IS_OPEN) {
        codes |= planned(world->outputs, OWN_OUTPUTS, session->number);
        if (now.cameras[input->camera].faults & NASTY)
            codes |= C102 | C107 | C108 | C201; /* 102, 107: a camera that is back is opened again */
    }
    return codes;
}

bool is_loose(const struct own_world *world, const struct own_session *session)
{
    if (session->states & (session->states - 1))
        return true;
    return session->input >= 0 && now.cameras[world->inputs[session->input].camera].faults & NASTY;
}

struct answer answer_of(const struct own_world *world, const struct own_session *session, int operation, int state)
{
    bool nasty = session->input >= 0 && now.cameras[world->inputs[session->input].camera].faults & NASTY;
    unsigned flow = session->dead == YES ? C108 : nasty || session->dead == PERHAPS ? C0 | C102 | C107 | C108 | C201 : C0;
    struct answer same = {0, state, 0, state};
    switch (operation) {
    case OP_BEGIN:
        if (state == CONFIG)
            same.fail = C105;
        else if (state == RELEASED)
            same.fail = C201;
        else
            return (struct answer){C0, CONFIG, 0, state};
        return same;
    case OP_COMMIT:
        if (state != CONFIG) {
            same.fail = C102;
            return same;
        }
        same.fail = commit_codes(world, session);
        same.ok = same.fail & C0;
        same.fail &= ~(unsigned)C0;
        same.ok_next = COMMITTED;
        return same;
    case OP_START:
        if (state != COMMITTED) {
            same.fail = state == STARTED ? C201 : C103;
            return same;
        }
        return (struct answer){flow & C0, STARTED, flow & ~(unsigned)C0, COMMITTED};
    case OP_STOP:
        if (state != STARTED) {
            same.fail = C201;
            return same;
        }
        /* A stop that fails is one all the same. */
        return (struct answer){flow == C0 ? C0 : 0, COMMITTED, flow == C0 ? 0 : flow == C108 ? C201 : C0 | C201, COMMITTED};
    case OP_RELEASE:
        if (state == RELEASED) {
            same.fail = C201;
            return same;
        }
        return (struct answer){C0, RELEASED, 0, state};
    case OP_CAPTURE:
        same.fail = state == COMMITTED || state == STARTED ? flow : C104;
        return same;
    case OP_OUTPUT_START:
        same.fail = state == COMMITTED || state == STARTED ? flow : C103;
        return same;
    case OP_OUTPUT_STOP:
        same.fail = state == COMMITTED || state == STARTED ? C0 | C201 : C201;
        return same;
    default: /* changing inputs and outputs */
        same.fail = state == CONFIG ? C0 : C102;
        return same;
    }
}

unsigned permitted_of(const struct own_world *world, const struct own_session *session, int operation)
{
    unsigned permitted = 0;
    for (int state = INIT; state <= STARTED; state++) {
        if (session->states >> state & 1) {
            struct answer answer = answer_of(world, session, operation, state);
            permitted |= answer.ok | answer.fail;
        }
    }
    return permitted;
}

unsigned states_after(const struct own_world *world, const struct own_session *session, int operation, unsigned codes)
{
    unsigned next = 0;
    for (int state = INIT; state <= STARTED; state++) {
        if (session->states >> state & 1) {
            struct answer answer = answer_of(world, session, operation, state);
            next |= answer.ok & codes ? 1u << answer.ok_next : 0;
            next |= answer.fail & codes ? 1u << answer.fail_next : 0;
        }
    }
    return next;
}
