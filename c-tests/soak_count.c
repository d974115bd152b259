/*
 * soak_count.c: what is counted and noted of every call and of every function that the library was
 * given, and how a failure and the sum are told.
 */
#include "soak.h"

#include <malloc.h>


struct worker workers[THREADS + 1 + GUESTS];
__thread struct worker *me;
struct result_count results[OPERATION_COUNT];
uint64_t count_frames, count_photos, count_events, count_inside, count_completions, count_destroyed, count_rounds_callback;

static const char *const names[OPERATION_COUNT] = {
#define X(name, text) text,
    OPERATIONS(X)
#undef X
};
static const char *const kinds[TICKET_KINDS] = {"completion",      "manager listener", "input listener",    "output listener",
                                                "photo listener",  "session listener", "recorder listener", "consumer"};

uint64_t next_number(struct chance *chance)
{
    uint64_t mixed = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

/* --- codes ---------------------------------------------------------------------------------- */

int code_index(int32_t code)
{
    if (code == 0)
        return 0;
    if (code > 7400100 && code <= 7400110)
        return (int)(code - 7400100);
    return code == 7400201 ? 11 : -1;
}

static int code_number(int index) { return index == 0 ? 0 : index == 11 ? 201 : 100 + index; }

const char *codes_text(unsigned codes)
{
    static __thread char text[80];
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < CODES; i++) {
        if (codes >> i & 1)
            at += (size_t)snprintf(text + at, sizeof text - at, at ? " or %d" : "%d", code_number(i));
    }
    return text;
}

/* --- failures ------------------------------------------------------------------------------- */

static void tell_worker(const struct worker *worker)
{
    if (worker->number <= THREADS)
        printf("  %s %d", worker->number < THREADS ? "thread" : "main thread,", worker->number);
    else
        printf("  callback %d", worker->number - THREADS);
    int doing = GET(worker->doing);
    if (doing)
        printf(", %" PRId64 " ms in %s", t_now_ms() - GET(worker->since), names[doing - 1]);
    printf("%s; its last calls:\n   ", GET(worker->dispatching) ? ", dispatching" : "");
    unsigned long calls = worker->calls, first = calls > HISTORY ? calls - HISTORY : 0;
    for (unsigned long i = first; i < calls; i++) {
        int index = code_index(worker->history[i % HISTORY].code);
        printf(" %s%s(..%03x) %d;", names[worker->history[i % HISTORY].operation],
               worker->history[i % HISTORY].async ? "_async" : "",
               (unsigned)((uintptr_t)worker->history[i % HISTORY].on & 0xfff), index < 0 ? -1 : code_number(index));
    }
    printf("\n");
}

void tell_stacks(void)
{
    char command[200];
    fflush(stdout);
    snprintf(command, sizeof command,
             "command -v gdb >/dev/null && timeout 60 gdb -p %d -batch -ex 'thread apply all bt 25' 2>/dev/null | "
             "grep -E '^(Thread|#)'", (int)getpid());
    if (system(command) != 0)
        printf("(no stacks: gdb is not there, or may not look)\n");
}

void broken(const char *format, ...)
{
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    va_list arguments;
    pthread_mutex_lock(&once); /* never given back: the first failure is the one that counts */
    printf("\nBROKEN: ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n\nround %lu, %s, cameras %s\n", now.number, now.caller_driven ? "caller-driven" : "own threads", now.sources);
    printf("found by ");
    if (me)
        tell_worker(me);
    for (size_t i = 0; i < T_COUNT(workers); i++) {
        if (&workers[i] != me && (i <= THREADS || GET(workers[i].busy)))
            tell_worker(&workers[i]);
    }
    printf("\nTry it again, as far as threads allow: SOAK_SEED=%" PRIu64 " SOAK_ROUND=%lu\n", soak_seed, now.number);
    fflush(stdout);
    if (getenv("SOAK_ABORT"))
        abort();
    _exit(1);
}

/* While somebody releases the manager, a call may find its object there or gone. */
enum { WHEN_ENDING = C0 | C101 | C102 | C103 | C104 | C105 | C108 | C110 | C201 };

void expect_code(int line, int32_t code, unsigned permitted, const char *format, ...)
{
    if (code_bit(code) & permitted || (GET(now.ending) && code_bit(code) & WHEN_ENDING))
        return;
    char what[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    broken("%s answered %d, not %s (line %d): %s", what, (int)code, codes_text(permitted), line,
           code ? camera_error_detail() : "");
}

/* --- calls ---------------------------------------------------------------------------------- */

void before_call(int operation)
{
    SET(me->since, t_now_ms());
    SET(me->doing, operation + 1);
}

static void note(int operation, const void *on, int32_t code, bool async)
{
    int index = code_index(code);
    if (index < 0)
        broken("%s answered %d, which is no code", names[operation], (int)code);
    unsigned long at = me->calls++ % HISTORY;
    me->history[at].operation = operation;
    me->history[at].code = code;
    me->history[at].async = async;
    me->history[at].on = on;
    if (async)
        ADD(results[operation].async, 1);
    if (!async || code) /* that of an accepted call comes with its completion */
        ADD(results[operation].codes[index], 1);
}

int32_t after_call(int operation, const void *on, int32_t code, bool async)
{
    SET(me->doing, 0);
    note(operation, on, code, async);
    if (code && !*camera_error_detail())
        broken("%s answered %d without a detail", names[operation], (int)code);
    return code;
}

uint64_t all_calls(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        for (int code = 0; code < CODES; code++)
            sum += GET(results[i].codes[code]);
    }
    return sum;
}

/* --- functions of the application ------------------------------------------------------------- */

static struct ticket *tickets; /* of this round */

struct ticket *new_ticket(int kind, int operation)
{
    struct ticket *ticket = calloc(1, sizeof *ticket);
    if (!ticket)
        broken("no memory");
    ticket->kind = kind;
    ticket->operation = operation;
    do
        ticket->next = GET(tickets);
    while (!__sync_bool_compare_and_swap(&tickets, ticket->next, ticket));
    return ticket;
}

struct ticket *new_completion(int operation, unsigned permitted, struct order *order)
{
    struct ticket *ticket = new_ticket(A_COMPLETION, operation);
    ticket->permitted = permitted;
    ticket->order = order;
    if (order) {
        ticket->number = ++order->called;
        ADD(order->pending, 1);
    }
    return ticket;
}

int32_t after_later(struct ticket *ticket, const void *on, int32_t code)
{
    me->inside = NULL;
    after_call(ticket->operation, on, code, true);
    if (code == 0)
        SET(ticket->accepted, 1);
    else if (ticket->order)
        ADD(ticket->order->pending, -1);
    return code;
}

/* Begins a call of the application: on a thread of the library, or on one that dispatches. */
static void enter(struct ticket *ticket, bool in_turn)
{
    if (!me) {
        for (size_t i = THREADS + 1; i < T_COUNT(workers) && !me; i++) {
            if (__sync_bool_compare_and_swap(&workers[i].busy, 0, 1))
                me = &workers[i];
        }
        if (!me)
            broken("more than %d callbacks run at the same time", GUESTS);
        if (now.caller_driven)
            broken("a thread of the library calls a %s, though the application dispatches", kinds[ticket->kind]);
    } else if (!now.caller_driven && me->number <= THREADS) {
        broken("a %s runs on a thread of the application", kinds[ticket->kind]);
    } else if (now.caller_driven && !GET(me->dispatching)) {
        broken("a %s runs on a thread that does not dispatch", kinds[ticket->kind]);
    }
    me->depth++;
    if (GET(now.ended))
        broken("a %s is called after the manager was released", kinds[ticket->kind]);
    if (GET(ticket->destroyed))
        broken("a %s is called after it was destroyed", kinds[ticket->kind]);
    if (ADD(ticket->running, 1) != 1)
        broken("a %s runs twice at a time", kinds[ticket->kind]);
    if (in_turn && ADD(now.dispatchers, 1) != 1)
        broken("two completions or events run at a time");
}

static void leave(struct ticket *ticket, bool in_turn)
{
    if (in_turn)
        ADD(now.dispatchers, -1);
    ADD(ticket->running, -1);
    if (--me->depth == 0 && me->number > THREADS) {
        struct worker *guest = me;
        me = NULL;
        SET(guest->busy, 0);
    }
}

/* Now and then the application calls the library from there. */
static void act(void)
{
    if (me->depth == 1 && GET(now.release_inside) == 1 && __sync_bool_compare_and_swap(&now.release_inside, 1, 2)) {
        SET(now.ending, 1);
        EXPECT_CODE(CALL(MANAGER_RELEASE, now.manager, camera_manager_release(now.manager)), C0, "releasing the manager");
        ADD(count_rounds_callback, 1);
    } else if (me->depth == 1 && happens(&me->chance, 12)) {
        ADD(count_inside, 1);
        shared_step(true);
    }
}

void completed(int32_t code, const char *detail, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_completions, 1);
    const char *name = names[ticket->operation];
    if (me->inside == ticket)
        broken("the completion of %s runs inside the call", name);
    if (ADD(ticket->calls, 1) != 1)
        broken("the completion of %s runs for the second time", name);
    if (code_index(code) < 0 || !detail || (code == 0) != (*detail == '\0'))
        broken("%s_async reports %d with detail \"%s\"", name, (int)code, detail ? detail : "(none)");
    if (!(code_bit(code) & ticket->permitted) && !(GET(now.ending) && code_bit(code) & WHEN_ENDING))
        broken("%s_async reports %d, not %s: %s", name, (int)code, codes_text(ticket->permitted), detail);
    ADD(results[ticket->operation].codes[code_index(code)], 1);
    if (ticket->tally)
        ADD(ticket->tally[code_index(code)], 1);
    if (ticket->ends_at && code == 0)
        ADD(ticket->ends_at->begun, 1);
    if (ticket->order) {
        if (ticket->number <= GET(ticket->order->completed))
            broken("the completion of %s, call %" PRIu64 " on ..%03x, reports %d after that of call %" PRIu64 ", %s", name,
                   ticket->number, (unsigned)((uintptr_t)ticket->target & 0xfff), (int)code, GET(ticket->order->completed),
                   names[GET(ticket->order->last)]);
        SET(ticket->order->completed, ticket->number);
        SET(ticket->order->last, ticket->operation);
        ADD(ticket->order->pending, -1);
    }
    act();
    leave(ticket, true);
}

void destroyed(void *user_data)
{
    struct ticket *ticket = user_data;
    if (ADD(ticket->destroyed, 1) != 1)
        broken("a %s is destroyed twice", kinds[ticket->kind]);
    /* From inside the listener it runs as that returns. */
    if (GET(ticket->running))
        broken("a %s is destroyed while it runs", kinds[ticket->kind]);
    ADD(count_destroyed, 1);
}

void stored(struct ticket *ticket, int32_t code)
{
    if (code == 0)
        SET(ticket->accepted, 1);
}

void taken_away(struct ticket *ticket, bool from_inside)
{
    if (from_inside)
        return;
    if (GET(ticket->running) || GET(ticket->destroyed) != 1)
        broken("a %s was taken away, and %s", kinds[ticket->kind],
               GET(ticket->running) ? "runs" : "its destroy function has not run");
}

void status_told(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (manager != ticket->target || event->type != CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS || !event->camera ||
        event->status < 0 || event->status > CAMERA_STATUS_UNAVAILABLE)
        broken("a manager tells of event %d, status %d", (int)event->type, (int)event->status);
    act();
    leave(ticket, true);
}

void input_told(camera_input *input, const camera_input_event *event, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (input != ticket->target || !(code_bit(event->code) & (C107 | C108 | C201)) || !event->detail)
        broken("an input tells of event %d, code %d", (int)event->type, (int)event->code);
    if (ticket->clean)
        broken("an input whose camera does not fail tells of %d: %s", (int)event->code, event->detail);
    act();
    leave(ticket, true);
}

void output_told(camera_output *output, const camera_output_event *event, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (output != ticket->target || !event->detail)
        broken("an output's listener is told of another's event %d", (int)event->type);
    bool starts = event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_START;
    if (starts || event->type == CAMERA_OUTPUT_EVENT_TYPE_FRAME_END) {
        /* Begin and end take turns; whoever listens later may hear the end first. */
        if (ticket->events++ && ticket->flowing == starts)
            broken("an output tells %s twice", starts ? "FRAME_START" : "FRAME_END");
        ticket->flowing = starts;
    }
    act();
    leave(ticket, true);
}

void photo_told(camera_output *output, uint32_t capture, int32_t code, const char *detail, camera_photo *photo,
                void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (output != ticket->target || (code == 0) != (photo != NULL) || (code == 0) != (*detail == '\0'))
        broken("capture %u ends with %d, %s a photo: %s", (unsigned)capture, (int)code, photo ? "with" : "without", detail);
    if (capture != ticket->last_capture + 1)
        broken("capture %u is told after capture %u", (unsigned)capture, (unsigned)ticket->last_capture);
    ticket->last_capture = capture;
    ADD(ticket->ends, 1);
    if (photo) {
        ADD(count_photos, 1);
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        if (camera_photo_get_info(photo, &info) != 0 || info.length < 4 || memcmp(info.data, "\xff\xd8", 2) != 0)
            broken("capture %u is no JPEG picture", (unsigned)capture);
    }
    act();
    leave(ticket, true);
}

void session_told(int32_t code, const char *detail, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (!(code_bit(code) & (C102 | C107 | C108 | C201)) || !detail || !*detail)
        broken("a session tells of code %d", (int)code);
    act();
    leave(ticket, true);
}

void recorder_told(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, true);
    ADD(count_events, 1);
    if (recorder != ticket->target || !event->detail)
        broken("a recorder's listener is told of another's event %d", (int)event->type);
    if (event->type == CAMERA_RECORDER_EVENT_TYPE_STOPPED)
        ADD(ticket->ends, 1);
    else
        broken("a recorder tells of %d: %s", (int)event->code, event->detail);
    act();
    leave(ticket, true);
}

void frame_told(camera_surface *surface, camera_frame *frame, void *user_data)
{
    struct ticket *ticket = user_data;
    enter(ticket, false);
    ADD(count_frames, 1);
    if (surface != ticket->target)
        broken("a consumer gets the frame of another surface");
    look_at_frame(frame);
    if (happens(&me->chance, 10) &&
        CALL(FRAME_RETAIN, frame, camera_frame_retain(frame)) == 0)
        hold_frame(frame, NULL);
    act();
    leave(ticket, false);
}

bool tickets_settled(bool completions_only, bool complain)
{
    for (struct ticket *ticket = GET(tickets); ticket; ticket = ticket->next) {
        if (completions_only && ticket->kind != A_COMPLETION)
            continue;
        int accepted = GET(ticket->accepted), calls = GET(ticket->calls), gone = GET(ticket->destroyed);
        bool settled = ticket->kind == A_COMPLETION ? calls == accepted : gone == accepted;
        if (!settled && complain && ticket->kind == A_COMPLETION)
            broken("the completion of %s, %s, ran %d times", names[ticket->operation],
                   accepted ? "which was accepted" : "which was refused", calls);
        if (!settled && complain)
            broken("a %s, which was %s, was destroyed %d times", kinds[ticket->kind],
                   accepted ? "stored" : "refused", gone);
        if (!settled || GET(ticket->running))
            return false;
        int ends = GET(ticket->ends), begun = GET(ticket->begun), maybe = GET(ticket->maybe);
        if (complain && accepted && (ends < begun || ends > begun + maybe))
            broken("a %s was told %d ends of %d to %d beginnings", kinds[ticket->kind], ends, begun, begun + maybe);
    }
    return true;
}

/* Those of the round before are kept: a call that comes too late finds them destroyed. */
size_t forget_tickets(void)
{
    static struct ticket *before;
    size_t kept = 0;
    while (before) {
        struct ticket *next = before->next;
        free(before);
        before = next;
    }
    before = tickets;
    tickets = NULL;
    for (struct ticket *ticket = before; ticket; ticket = ticket->next)
        kept += malloc_usable_size(ticket) + sizeof(size_t);
    return kept;
}

void dispatch_a_while(void)
{
    uint32_t count = 0;
    ADD(me->dispatching, 1);
    int32_t code = CALL(DISPATCH, now.manager, camera_manager_dispatch(now.manager, &count));
    ADD(me->dispatching, -1);
    /* 102: another thread is in there. */
    EXPECT_CODE(code, C0 | C102, "dispatching");
    if (count == 0)
        t_sleep_ms(1);
}

void await_order(struct order *order, const char *what)
{
    int64_t end = t_now_ms() + 45000;
    while (GET(order->pending) > 0) {
        if (t_now_ms() > end)
            broken("%d completions of %s do not come", GET(order->pending), what);
        if (now.caller_driven && !GET(now.ended))
            dispatch_a_while();
        else
            t_sleep_ms(1);
    }
}

/* --- the sum -------------------------------------------------------------------------------- */

static const char *grouped(uint64_t number)
{
    static __thread char texts[4][32];
    static __thread int turn;
    char digits[32], *text = texts[turn++ % 4];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number), out = 0;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[out++] = ' ';
        text[out++] = digits[i];
    }
    text[out] = '\0';
    return text;
}

void tell_summary(double seconds, int peak_threads, long before, long after)
{
    static const int shown[] = {0, 1, 2, 3, 4, 5, 7, 8, 10, 11};
    uint64_t sums[CODES] = {0}, async = 0;
    printf("\n%-25s %9s %9s", "Operation", "calls", "async");
    for (size_t i = 0; i < T_COUNT(shown); i++)
        printf(i ? " %7d" : " %9d", code_number(shown[i]));
    printf("\n");
    for (int i = 0; i <= OPERATION_COUNT; i++) {
        bool last = i == OPERATION_COUNT;
        const uint64_t *codes = last ? sums : results[i].codes;
        uint64_t calls = 0;
        for (int code = 0; code < CODES; code++) {
            calls += codes[code];
            sums[code] += last ? 0 : codes[code];
        }
        printf("%-25s %9" PRIu64 " %9" PRIu64, last ? "all" : names[i], calls, last ? async : results[i].async);
        async += last ? 0 : results[i].async;
        for (size_t at = 0; at < T_COUNT(shown); at++) {
            if (codes[shown[at]])
                printf(at ? " %7" PRIu64 : " %9" PRIu64, codes[shown[at]]);
            else
                printf(at ? " %7s" : " %9s", ".");
        }
        printf("\n");
    }
    uint64_t calls = all_calls();
    printf("\n%s calls in %.1f s, %s each second; %s from inside callbacks\n", grouped(calls), seconds,
           grouped((uint64_t)((double)calls / seconds)), grouped(count_inside));
    printf("%s completions, each once; %s events; %s listeners and consumers destroyed, each once\n",
           grouped(count_completions), grouped(count_events), grouped(count_destroyed));
    printf("%s frames and %s photos, none changed while it was held\n", grouped(count_frames), grouped(count_photos));
    if (before > 0)
        printf("%d threads at most; memory in use %ld KiB after the first quarter, %ld KiB at the end\n", peak_threads,
               before / 1024, after / 1024);
    else
        printf("%d threads at most\n", peak_threads);
}
