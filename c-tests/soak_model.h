/*
 * soak_model.h: what the model knows of the objects that one thread has for itself.
 */
#ifndef SOAK_MODEL_H
#define SOAK_MODEL_H

#include "soak.h"

enum { OWN_SESSIONS = 2, OWN_INPUTS = 3, OWN_OUTPUTS = 5, OWN_SURFACES = 3 };
enum { NO, YES, PERHAPS };
enum { PREVIEW_KIND, PHOTO_KIND, VIDEO_KIND };
/* States of an input, as a set. */
enum { IS_NEW = 1, IS_OPEN = 2, IS_CLOSED = 4, CLOSED_BY_SESSION = 8 };

struct own_input {
    camera_input *handle; /* stays while a session has it, released or not */
    bool released;
    int camera;
    unsigned states;
    int session, last_session; /* that has it, or had it last; -1 */
    struct order order;
};

struct own_surface {
    camera_surface *handle;
    int held;              /* frames that this thread has of it */
    uint64_t taken;
    struct ticket *consumer; /* NULL: the thread takes the frames itself */
    bool had_consumer;
};

struct own_output {
    camera_output *handle;
    int kind, shape;
    bool records; /* it has the recorder's surface */
    unsigned min_rate, max_rate; /* 0: none asked for */
    int session, last_session;   /* that has it, or had it last; -1 */
    int runs;                    /* NO, YES, PERHAPS */
    struct ticket *photos, *second;
    uint64_t listener;
};

struct own_session {
    camera_session *handle;
    int number;
    unsigned states; /* it may be in, each with its bit */
    unsigned seen;   /* it may have been in since all was quiet */
    int input;       /* or -1 */
    int dead;        /* its stream has ended: its input was closed */
    struct order order;
    struct ticket *listener;
    uint64_t listener_number;
};

struct own_world {
    int cameras[CAMERAS_OF_ONE];
    struct own_input inputs[OWN_INPUTS];
    struct own_surface surfaces[OWN_SURFACES];
    struct own_output outputs[OWN_OUTPUTS];
    struct own_session sessions[OWN_SESSIONS];
    struct {
        camera_recorder *handle;
        camera_surface *surface;
        int state;
        struct order order;
        struct ticket *listener;
    } recorder;
};

/* What an operation may answer in a state: these codes lead to that state, those to another. */
struct answer {
    unsigned ok;
    int ok_next;
    unsigned fail;
    int fail_next;
};
struct answer answer_of(const struct own_world *world, const struct own_session *session, int operation, int state);
/* The same for all states that the session may be in. */
unsigned permitted_of(const struct own_world *world, const struct own_session *session, int operation);
unsigned states_after(const struct own_world *world, const struct own_session *session, int operation, unsigned codes);
/* Its state is not sure, or its camera may fail at any time. */
bool is_loose(const struct own_world *world, const struct own_session *session);

/* The world of this thread. */
extern __thread struct own_world *world;
static inline struct chance *luck(void) { return &me->chance; }

/* A listener that the library is given; `call` uses `ticket` and `&number`. */
#define LISTEN(kind, operation, on, call)                                                          \
    struct ticket *ticket = new_ticket((kind), OP_##operation);                                    \
    uint64_t number = 0;                                                                           \
    ticket->target = (on);                                                                         \
    int32_t stored_code = CALL(operation, (on), call);                                             \
    stored(ticket, stored_code);                                                                   \
    EXPECT_CODE(stored_code, C0, "adding a listener")

/* In soak_things.c. */
void make_surface(struct own_surface *surface);
void change_consumer(struct own_surface *surface);
void take_frame(struct own_surface *surface);
void count_surface(struct own_surface *surface);
void release_surface(struct own_surface *surface);
void record(bool later);

#endif
