/*
 * t_rig.h: the objects that most C tests need: a manager with virtual cameras; one input, its
 * surfaces and outputs, and a session, in any state; and a record of completions.
 */
#ifndef T_RIG_H
#define T_RIG_H

#include "t.h"

#define T_YUYV CAMERA_FOURCC('Y', 'U', 'Y', 'V')
#define T_NV12 CAMERA_FOURCC('N', 'V', '1', '2')
#define T_GREY CAMERA_FOURCC('G', 'R', 'E', 'Y')

enum {
    INIT = CAMERA_SESSION_STATE_INIT,
    CONFIG = CAMERA_SESSION_STATE_CONFIG,
    COMMITTED = CAMERA_SESSION_STATE_COMMITTED,
    RELEASED = CAMERA_SESSION_STATE_RELEASED,
    STARTED = CAMERA_SESSION_STATE_STARTED
};

/* --- results of asynchronous calls ---------------------------------------------------------- */

#define T_RESULTS 64

struct t_result {
    int32_t code;
    int tag;
    pthread_t thread;
    char detail[256];
};

struct t_results {
    pthread_mutex_t lock;
    size_t count; /* in the order in which they came */
    size_t tickets;
    struct t_result at[T_RESULTS];
    struct t_ticket {
        struct t_results *all;
        int tag;
    } ticket[T_RESULTS];
};

#define T_RESULTS_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

/* The user data of one asynchronous call; the tag tells its result from others. */
static inline void *t_ticket(struct t_results *all, int tag)
{
    CHECK(all->tickets < T_RESULTS);
    struct t_ticket *ticket = &all->ticket[all->tickets++];
    ticket->all = all;
    ticket->tag = tag;
    return ticket;
}

static inline void t_completion(int32_t code, const char *detail, void *user_data)
{
    struct t_ticket *ticket = user_data;
    struct t_results *all = ticket->all;
    CHECK(!t_inside);
    CHECK(detail && (code == 0) == (*detail == '\0'));
    pthread_mutex_lock(&all->lock);
    CHECK(all->count < T_RESULTS);
    struct t_result *result = &all->at[all->count];
    result->code = code;
    result->tag = ticket->tag;
    result->thread = pthread_self();
    snprintf(result->detail, sizeof result->detail, "%s", detail);
    all->count++;
    pthread_mutex_unlock(&all->lock);
}

static inline size_t t_result_count(struct t_results *all)
{
    pthread_mutex_lock(&all->lock);
    size_t count = all->count;
    pthread_mutex_unlock(&all->lock);
    return count;
}

/* --- objects -------------------------------------------------------------------------------- */

static inline camera_manager *t_manager_of(const char *cameras, int32_t dispatch)
{
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_manager *manager = NULL;
    options.cameras = cameras;
    options.dispatch = dispatch;
    OK(camera_manager_create(&options, &manager));
    return manager;
}

/* Eight virtual cameras; the library calls from threads of its own. */
static inline camera_manager *t_manager(void)
{
    return t_manager_of("virtual:8", CAMERA_DISPATCH_LIBRARY);
}

static inline camera_input *t_input(camera_manager *manager, int camera, bool open)
{
    char id[32];
    camera_input *input = NULL;
    snprintf(id, sizeof id, "virtual:%d", camera);
    OK(camera_manager_create_input(manager, id, &input));
    if (open)
        OK(camera_input_open(input));
    return input;
}

static inline camera_surface *t_surface(camera_manager *manager, uint32_t capacity, int32_t policy,
                                        uint32_t max_held)
{
    camera_surface_options options = CAMERA_SURFACE_OPTIONS_INIT;
    camera_surface *surface = NULL;
    options.capacity = capacity;
    options.policy = policy;
    options.max_held = max_held;
    OK(camera_manager_create_surface(manager, &options, &surface));
    return surface;
}

static inline camera_profile t_profile(uint32_t format, uint32_t width, uint32_t height)
{
    camera_profile profile = CAMERA_PROFILE_INIT;
    profile.format = format;
    profile.width = width;
    profile.height = height;
    return profile;
}

static inline camera_output *t_preview(camera_manager *manager, uint32_t format, uint32_t width,
                                       uint32_t height, camera_surface *surface)
{
    camera_profile profile = t_profile(format, width, height);
    camera_output *output = NULL;
    OK(camera_manager_create_preview_output(manager, &profile, surface, &output));
    return output;
}

static inline camera_output *t_photo(camera_manager *manager, uint32_t width, uint32_t height,
                                     camera_surface *surface)
{
    camera_profile profile = t_profile(CAMERA_FORMAT_JPEG, width, height);
    camera_output *output = NULL;
    OK(camera_manager_create_photo_output(manager, &profile, surface, &output));
    return output;
}

/* The rates must be a range that a virtual camera lists: 60, 30, 25, 15, 10, 5, or 5 to 60. */
static inline camera_output *t_video(camera_manager *manager, uint32_t format, uint32_t width,
                                     uint32_t height, uint32_t min_rate, uint32_t max_rate,
                                     camera_surface *surface)
{
    camera_profile profile = t_profile(format, width, height);
    camera_output *output = NULL;
    profile.min_frame_rate = min_rate;
    profile.max_frame_rate = max_rate;
    OK(camera_manager_create_video_output(manager, &profile, surface, &output));
    return output;
}

static inline camera_session *t_session(camera_manager *manager)
{
    camera_session *session = NULL;
    OK(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session));
    return session;
}

static inline int32_t t_state(camera_session *session)
{
    int32_t state = -1;
    OK(camera_session_get_state(session, &state));
    return state;
}

/* One session with everything. */
struct t_rig {
    camera_manager *manager;
    camera_input *input;
    camera_surface *view; /* the preview's */
    camera_surface *tape; /* the video's */
    camera_output *preview, *photo, *video;
    camera_session *session;
};

/* An open input, YUYV outputs of 320x240 and a session, in state INIT, on this virtual camera. */
static inline struct t_rig t_rig(camera_manager *manager, int camera)
{
    struct t_rig rig = {manager, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    rig.input = t_input(manager, camera, true);
    rig.view = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    rig.tape = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    rig.preview = t_preview(manager, T_YUYV, 320, 240, rig.view);
    rig.photo = t_photo(manager, 320, 240, NULL);
    rig.video = t_video(manager, T_YUYV, 320, 240, 5, 60, rig.tape);
    rig.session = t_session(manager);
    return rig;
}

/* Takes the session from INIT to a state, with input and outputs; to RELEASED through STARTED. */
static inline void t_rig_to(struct t_rig *rig, int state)
{
    if (state == INIT)
        return;
    OK(camera_session_begin_config(rig->session));
    OK(camera_session_add_input(rig->session, rig->input));
    OK(camera_session_add_output(rig->session, rig->preview));
    OK(camera_session_add_output(rig->session, rig->photo));
    OK(camera_session_add_output(rig->session, rig->video));
    if (state == CONFIG)
        return;
    OK(camera_session_commit_config(rig->session));
    if (state == COMMITTED)
        return;
    OK(camera_session_start(rig->session));
    if (state == RELEASED)
        OK(camera_session_release(rig->session));
}

static inline struct t_rig t_rig_in(camera_manager *manager, int camera, int state)
{
    struct t_rig rig = t_rig(manager, camera);
    t_rig_to(&rig, state);
    return rig;
}

/* A committed session of one preview in this format and size, and photos of that size. */
static inline struct t_rig t_photo_rig(camera_manager *manager, uint32_t format, uint32_t width, uint32_t height,
                                       uint32_t photo_width, uint32_t photo_height)
{
    struct t_rig rig = t_rig(manager, 0);
    OK(camera_output_release(rig.preview));
    OK(camera_output_release(rig.photo));
    rig.preview = t_preview(manager, format, width, height, rig.view);
    rig.photo = t_photo(manager, photo_width, photo_height, NULL);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.preview));
    OK(camera_session_add_output(rig.session, rig.photo));
    OK(camera_session_commit_config(rig.session));
    return rig;
}

/* Gives everything back but the manager; what the test released already is skipped. */
static inline void t_rig_release(struct t_rig *rig)
{
    (void)camera_session_release(rig->session);
    (void)camera_output_release(rig->preview);
    (void)camera_output_release(rig->photo);
    (void)camera_output_release(rig->video);
    (void)camera_surface_release(rig->view);
    (void)camera_surface_release(rig->tape);
    OK(camera_input_release(rig->input));
}

/* The next frame, to be released by the caller. */
static inline camera_frame *t_frame(camera_surface *surface)
{
    camera_frame *frame = NULL;
    OK(camera_surface_acquire(surface, (int32_t)(t_limit() * 800), &frame));
    CHECK(frame != NULL);
    return frame;
}

static inline camera_frame_info t_info(camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    OK(camera_frame_get_info(frame, &info));
    return info;
}

static inline camera_surface_statistics t_statistics(camera_surface *surface)
{
    camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
    OK(camera_surface_get_statistics(surface, &statistics));
    return statistics;
}

#endif
