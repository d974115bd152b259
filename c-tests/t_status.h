/*
 * t_status.h: what listeners of managers, inputs and sessions were told, on one list, in the order
 * in which it was told.
 */
#ifndef T_STATUS_H
#define T_STATUS_H

#include "t_rig.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define T_DIARY 512

enum t_teller { MANAGER, INPUT, SESSION };

struct t_entry {
    enum t_teller teller;
    int what; /* a status, or a code */
    char id[128];
    char detail[400];
    int64_t ms;
};

struct t_diary {
    pthread_mutex_t lock;
    camera_manager *manager;
    camera_input *input;
    size_t count;
    struct t_entry at[T_DIARY];
    int destroyed;
};
#define T_DIARY_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

static inline void t_enter(struct t_diary *diary, enum t_teller teller, int what, const char *id, const char *detail)
{
    pthread_mutex_lock(&diary->lock);
    CHECK(diary->count < T_DIARY && !t_inside);
    struct t_entry *entry = &diary->at[diary->count++];
    entry->teller = teller;
    entry->what = what;
    entry->ms = t_now_ms();
    snprintf(entry->id, sizeof entry->id, "%s", id);
    snprintf(entry->detail, sizeof entry->detail, "%s", detail);
    pthread_mutex_unlock(&diary->lock);
}

static inline void t_on_manager(camera_manager *manager, const camera_manager_event *event, void *user_data)
{
    struct t_diary *diary = user_data;
    CHECK(manager == diary->manager && event->size >= sizeof *event && event->reserved == 0);
    CHECK_EQ(event->type, CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS);
    CHECK(event->camera && event->camera->size >= sizeof *event->camera && event->camera->id[0]);
    t_enter(diary, MANAGER, event->status, event->camera->id, "");
}

static inline void t_on_input(camera_input *input, const camera_input_event *event, void *user_data)
{
    struct t_diary *diary = user_data;
    CHECK(input == diary->input && event->size >= sizeof *event && event->control == 0 && event->value == 0);
    CHECK_EQ(event->type, CAMERA_INPUT_EVENT_TYPE_ERROR);
    CHECK(event->code != 0 && event->detail && event->detail[0]);
    t_enter(diary, INPUT, event->code, "", event->detail);
}

static inline void t_on_session(int32_t code, const char *detail, void *user_data)
{
    CHECK(code != 0 && detail && detail[0]);
    t_enter(user_data, SESSION, code, "", detail);
}

static inline void t_close_diary(void *user_data)
{
    __atomic_add_fetch(&((struct t_diary *)user_data)->destroyed, 1, __ATOMIC_SEQ_CST);
}

static inline int t_closed(struct t_diary *diary)
{
    return __atomic_load_n(&diary->destroyed, __ATOMIC_SEQ_CST);
}

static inline uint64_t t_listen(struct t_diary *diary, camera_manager *manager)
{
    uint64_t listener = 0;
    diary->manager = manager;
    OK(camera_manager_add_listener(manager, t_on_manager, diary, t_close_diary, &listener));
    CHECK(listener != 0);
    return listener;
}

static inline uint64_t t_listen_input(struct t_diary *diary, camera_input *input)
{
    uint64_t listener = 0;
    diary->input = input;
    OK(camera_input_add_listener(input, t_on_input, diary, t_close_diary, &listener));
    CHECK(listener != 0);
    return listener;
}

static inline size_t t_entered(struct t_diary *diary)
{
    pthread_mutex_lock(&diary->lock);
    size_t count = diary->count;
    pthread_mutex_unlock(&diary->lock);
    return count;
}

/* Where this was entered first, from an entry on; -1: nowhere. */
static inline int t_find(struct t_diary *diary, size_t from, enum t_teller teller, int what, const char *id)
{
    int found = -1;
    pthread_mutex_lock(&diary->lock);
    for (size_t i = from; i < diary->count && found < 0; i++)
        if (diary->at[i].teller == teller && diary->at[i].what == what && (!id || strcmp(diary->at[i].id, id) == 0))
            found = (int)i;
    pthread_mutex_unlock(&diary->lock);
    return found;
}

static inline void t_print(struct t_diary *diary, size_t from)
{
    static const char *const tellers[] = {"manager", "input", "session"};
    pthread_mutex_lock(&diary->lock);
    for (size_t i = from; i < diary->count; i++)
        printf("    %s %d %s%s\n", tellers[diary->at[i].teller], diary->at[i].what, diary->at[i].id, diary->at[i].detail);
    pthread_mutex_unlock(&diary->lock);
}

/* The entries from this one on are these statuses of a manager's cameras, and no others. */
static inline void t_check_statuses(struct t_diary *diary, size_t from, const char *expected)
{
    char told[1000] = "";
    static const char signs[] = "+-ou";
    for (size_t i = from; i < diary->count; i++) {
        CHECK_EQ(diary->at[i].teller, MANAGER);
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s%c%s", *told ? " " : "",
                 signs[diary->at[i].what], diary->at[i].id);
    }
    if (strcmp(told, expected) != 0)
        FAIL("told were \"%s\", not \"%s\"", told, expected);
}

/* This system call fails from now on, in this thread and those that it starts, as in a container
   that forbids it. */
static inline void t_forbid(long call)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {T_COUNT(filter), filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

#endif
