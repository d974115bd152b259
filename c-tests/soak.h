/*
 * soak.h: what the parts of the soak share.
 *
 *   soak.c         rounds: a manager, four threads, its end and what must be left then: nothing
 *   soak_count.c   calls, functions given to the library, failures, the summary
 *   soak_model.c   the contract's table as a set of permitted codes and states that follow
 *   soak_own.c     what one thread does with objects that are its alone: answers are known exactly
 *   soak_shared.c  what all threads and callbacks do with the same objects: answers are known roughly
 *   soak_frames.c  frames and photos that are held for a while
 */
#ifndef SOAK_H
#define SOAK_H

#include "t_rig.h"

#define THREADS 4
/* Threads of the library that are inside a callback at the same time, at most. */
#define GUESTS 60
#define CAMERAS_OF_ONE 2
#define SHARED_CAMERAS 2
#define CAMERAS (THREADS * CAMERAS_OF_ONE + SHARED_CAMERAS)

#define GET(place) __atomic_load_n(&(place), __ATOMIC_SEQ_CST)
#define SET(place, value) __atomic_store_n(&(place), (value), __ATOMIC_SEQ_CST)
#define ADD(place, value) __atomic_add_fetch(&(place), (value), __ATOMIC_SEQ_CST)

/* --- chance --------------------------------------------------------------------------------- */

/* SplitMix64: the same numbers for the same seed, on every machine. */
struct chance {
    uint64_t state;
};
uint64_t next_number(struct chance *chance);
static inline unsigned below(struct chance *chance, unsigned limit)
{
    return (unsigned)(next_number(chance) % limit);
}
static inline bool happens(struct chance *chance, unsigned percent) { return below(chance, 100) < percent; }

/* --- codes as sets -------------------------------------------------------------------------- */

/* Bit 0: success; bits 1 to 10: 7400101 to 7400110; bit 11: 7400201. */
enum {
    C0 = 1 << 0, C101 = 1 << 1, C102 = 1 << 2, C103 = 1 << 3, C104 = 1 << 4, C105 = 1 << 5,
    C107 = 1 << 7, C108 = 1 << 8, C110 = 1 << 10, C201 = 1 << 11
};
#define CODES 12
int code_index(int32_t code); /* -1: no code of the table */
static inline unsigned code_bit(int32_t code) { return code_index(code) < 0 ? 0 : 1u << code_index(code); }
const char *codes_text(unsigned codes); /* valid until the next call on this thread */

/* --- operations ----------------------------------------------------------------------------- */

#define OPERATIONS(X)                                                                              \
    X(MANAGER_RELEASE, "manager release") X(DISPATCH, "manager dispatch") X(LIST, "list of cameras")  \
    X(MANAGER_LISTEN, "manager listener") X(MANAGER_DEAF, "manager listener away")                 \
    X(INPUT_MAKE, "input made") X(INPUT_OPEN, "input open") X(INPUT_CLOSE, "input close")             \
    X(INPUT_RELEASE, "input release") X(INPUT_LISTEN, "input listener") X(INPUT_DEAF, "input listener away")  \
    X(SURFACE_MAKE, "surface made") X(SURFACE_CALLBACK, "surface callback") X(ACQUIRE, "surface acquire")  \
    X(SURFACE_COUNTS, "surface statistics") X(SURFACE_RELEASE, "surface release")                  \
    X(OUTPUT_MAKE, "output made") X(OUTPUT_START, "output start") X(OUTPUT_STOP, "output stop")       \
    X(OUTPUT_RATE, "output frame rate") X(OUTPUT_RELEASE, "output release")                        \
    X(OUTPUT_LISTEN, "output listener") X(OUTPUT_DEAF, "output listener away")                     \
    X(OUTPUT_COUNTS, "output statistics") X(CAPTURE, "capture") X(TAKE_PHOTO, "take photo")          \
    X(SESSION_MAKE, "session made") X(STATE, "session state") X(BEGIN, "session begin")              \
    X(CAN_ADD_INPUT, "session can add input") X(ADD_INPUT, "session add input")                     \
    X(REMOVE_INPUT, "session remove input") X(CAN_ADD_OUTPUT, "session can add output")              \
    X(ADD_OUTPUT, "session add output") X(REMOVE_OUTPUT, "session remove output")                  \
    X(COMMIT, "session commit") X(EXPLAIN, "session explain") X(OPTIONS, "session options")          \
    X(START, "session start") X(STOP, "session stop") X(RELEASE, "session release")                 \
    X(SESSION_LISTEN, "session listener") X(SESSION_DEAF, "session listener away")                 \
    X(RECORDER_MAKE, "recorder made") X(RECORDER_LISTEN, "recorder listener")                      \
    X(RECORDER_START, "recorder start") X(RECORDER_PAUSE, "recorder pause")                        \
    X(RECORDER_RESUME, "recorder resume") X(RECORDER_STOP, "recorder stop")                        \
    X(RECORDER_STATE, "recorder state") X(RECORDER_RELEASE, "recorder release")                    \
    X(FRAME_LOOK, "frame looked at") X(FRAME_RETAIN, "frame retain") X(FRAME_RELEASE, "frame release")  \
    X(PHOTO_RELEASE, "photo release") X(STALE, "released handle") X(FOREIGN, "wrong or invented handle")
enum operation {
#define X(name, text) OP_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT
};

/* --- who does what -------------------------------------------------------------------------- */

#define HISTORY 24

/* A thread that calls the library: one of the four, the main one, or one of the library's inside a callback. */
struct worker {
    int number;
    struct chance chance;
    int busy;      /* a place for a guest that is taken */
    int doing;     /* operation + 1, or 0 */
    int64_t since; /* when it began, in milliseconds */
    int depth;     /* callbacks inside callbacks */
    int dispatching;
    struct ticket *inside; /* the asynchronous call it is in */
    struct {
        int operation;
        int32_t code;
        bool async;
        const void *on;
    } history[HISTORY];
    unsigned long calls;
};
extern struct worker workers[THREADS + 1 + GUESTS]; /* the four, the main thread, guests */
extern __thread struct worker *me;

/* A call of the library: who does it is noted for the watchdog, its code counted and looked at. */
#define CALL(operation, on, call) (before_call(OP_##operation), after_call(OP_##operation, (on), (call), false))
void before_call(int operation);
int32_t after_call(int operation, const void *on, int32_t code, bool async);
/* The code of a call is one of these, or whatever the end of the manager may make of it. */
#define EXPECT_CODE(code, permitted, ...) expect_code(__LINE__, (code), (permitted), __VA_ARGS__)
__attribute__((format(printf, 4, 5))) void expect_code(int line, int32_t code, unsigned permitted,
                                                       const char *format, ...);
/* Says what is wrong, what everyone did last, and how to try it again; then ends the program. */
__attribute__((format(printf, 1, 2), noreturn)) void broken(const char *format, ...);
void tell_stacks(void);

/* --- functions that the library was given --------------------------------------------------- */

enum ticket_kind { A_COMPLETION, A_STATUS_LISTENER, AN_INPUT_LISTENER, AN_OUTPUT_LISTENER, A_PHOTO_LISTENER,
                   A_SESSION_LISTENER, A_RECORDER_LISTENER, A_CONSUMER, TICKET_KINDS };

/* The calls of one thread on one object: their completions come in this order. */
struct order {
    uint64_t called, completed;
    int last;    /* operation that completed */
    int pending; /* accepted or about to be, and not completed */
};

struct ticket {
    struct ticket *next;
    int kind, operation;
    int accepted, calls, destroyed, running;
    /* Completions. */
    unsigned permitted;
    struct order *order;
    uint64_t number;
    int *tally;             /* how often it reported each code */
    struct ticket *ends_at; /* the listener that is told the end of what begins with this call */
    /* Listeners. */
    int gone;         /* its removal has returned */
    bool clean;       /* the device never fails: nothing is to be told */
    bool flowing;     /* FRAME_START was told */
    uint64_t events;
    uint32_t last_capture;
    int ends;         /* of captures, or of recordings, that it was told */
    int begun, maybe; /* captures or recordings that succeeded, and that perhaps did */
    uint64_t number_in_library;
    void *target;     /* what it listens to */
};

struct ticket *new_ticket(int kind, int operation);
struct ticket *new_completion(int operation, unsigned permitted, struct order *order);
/* Makes an asynchronous call, which may use `completed` and `ticket`, and is accepted or not. */
#define LATER(ticket_, on, call)                                                                   \
    (before_call((ticket_)->operation), (ticket_)->target = (on), me->inside = (ticket_),          \
     after_later((ticket_), (on), (call)))
int32_t after_later(struct ticket *ticket, const void *on, int32_t code);
void completed(int32_t code, const char *detail, void *user_data);
void destroyed(void *user_data);
/* What a call that gives the library a listener answered. */
void stored(struct ticket *ticket, int32_t code);
/* A listener was removed from outside: it is not called any more and was destroyed. */
void taken_away(struct ticket *ticket, bool from_inside);
void status_told(camera_manager *manager, const camera_manager_event *event, void *user_data);
void input_told(camera_input *input, const camera_input_event *event, void *user_data);
void output_told(camera_output *output, const camera_output_event *event, void *user_data);
void photo_told(camera_output *output, uint32_t capture, int32_t code, const char *detail, camera_photo *photo,
                void *user_data);
void session_told(int32_t code, const char *detail, void *user_data);
void recorder_told(camera_recorder *recorder, const camera_recorder_event *event, void *user_data);
void frame_told(camera_surface *surface, camera_frame *frame, void *user_data);
/* Has every completion come, and (but for `completions_only`) was every listener destroyed? */
bool tickets_settled(bool completions_only, bool complain);
size_t forget_tickets(void); /* the bytes of those that are kept for one more round */
/* Waits until the calls of this order are completed; dispatches meanwhile where that is needed. */
void await_order(struct order *order, const char *what);

/* --- the round ------------------------------------------------------------------------------ */

enum fault_kind { FINE = 0, SLOW = 1, LOSSY = 2, NASTY = 4 };
struct camera {
    unsigned faults; /* of fault_kind; NASTY: its calls may fail */
    const char *script;
};

struct round {
    unsigned long number;
    uint64_t seed;
    bool caller_driven;
    camera_manager *manager;
    struct camera cameras[CAMERAS];
    char sources[1024];
    int stop;           /* the threads are to come to an end */
    int ending;         /* somebody is about to release the manager */
    int ended;          /* it is released, and was not released from inside a callback */
    int release_inside; /* a callback is to release the manager; 2: one did */
    int dispatchers;    /* completions and events that run now: one at most */
};
extern struct round now;

/* --- counts --------------------------------------------------------------------------------- */

extern uint64_t count_frames, count_photos, count_events, count_inside;
extern uint64_t count_completions, count_destroyed, count_rounds_callback;
struct result_count {
    uint64_t codes[CODES];
    uint64_t async;
};
extern struct result_count results[OPERATION_COUNT];
uint64_t all_calls(void);
void tell_summary(double seconds, int peak_threads, long memory_before, long memory_after);
extern uint64_t soak_seed;

/* --- the parts ------------------------------------------------------------------------------ */

void *own_work(void *worker);       /* a thread's life in this round */
void shared_begin(void);            /* makes what all share */
void shared_step(bool inside);      /* one operation on it; from inside a callback or not */
void shared_end(void);              /* at rest: what happened adds up */
void shared_after(void);            /* the manager is gone */
void dispatch_a_while(void);
camera_output *make_output(int kind, int shape, unsigned min_rate, unsigned max_rate, camera_surface *surface,
                           unsigned permitted);
struct shape {
    uint32_t format, width, height;
};
enum { SHAPES = 6, NOT_OFFERED = 5 };
extern const struct shape shapes[SHAPES];

/* A handle that was released: tried again now and then, for ever. */
enum handle_kind { H_INPUT, H_SURFACE, H_OUTPUT, H_PHOTO_OUTPUT, H_SESSION, H_RECORDER, HANDLE_KINDS };
void is_released(int kind, void *handle);
void try_released(void);
void try_all_released(void);
void try_foreign(void);

/* Frames: whoever took one gives it to hold_frame(), which gives one back when it holds many. */
void hold_frame(camera_frame *frame, int *held);
void look_at_frame(camera_frame *frame);
void release_some_frames(unsigned most_left);
unsigned held_frames(void);

#endif
