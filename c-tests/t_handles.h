/*
 * t_handles.h: for tests of arguments: a live and a released handle of each kind, and a place for
 * results, filled with a pattern that shows whether something was written.
 */
#ifndef T_HANDLES_H
#define T_HANDLES_H

#include "t_rig.h"

enum kind { MANAGER, LIST, CAPABILITY, INPUT, SURFACE, PREVIEW, PHOTO_OUTPUT, SESSION, FRAME, PHOTO, RECORDER, KINDS };

__attribute__((unused)) static const char *const kind_names[KINDS] = {"manager", "list",  "capability", "input", "surface",
                                              "preview", "photo output", "session", "frame", "photo", "recorder"};

static camera_manager *manager;
static void *live[KINDS], *stale[KINDS];

/* Where results would go. */
static struct {
    int fd;
    uint32_t count;
    bool answer;
    void *handle;
    int32_t state;
    uint64_t number;
    camera_description description;
    camera_profile profile;
    camera_surface_statistics statistics;
    camera_frame_info frame;
    camera_plane plane;
    camera_photo_info photo;
    camera_recorder_statistics recorded;
    camera_output_statistics counts;
    camera_trace_statistics trace;
    char text[32];
} out;

static inline void prepare_out(void)
{
    memset(&out, 0x5a, sizeof out);
    out.answer = true;
    out.description.size = sizeof out.description;
    out.profile.size = sizeof out.profile;
    out.statistics.size = sizeof out.statistics;
    out.frame.size = sizeof out.frame;
    out.plane.size = sizeof out.plane;
    out.photo.size = sizeof out.photo;
    out.recorded.size = sizeof out.recorded;
    out.counts.size = sizeof out.counts;
    out.trace.size = sizeof out.trace;
}

/* Never started, so that there is no such file. */
static const camera_recorder_options tape = {sizeof tape, 0, "/nonexistent/a.mkv", -1, 0, 0, 0};

/* One live and one released handle of each kind. */
static inline void make_handles(void **handles)
{
    camera_frame *frame = NULL;
    camera_photo *photo = NULL;
    camera_list *list = NULL;
    camera_capability *capability = NULL;
    camera_recorder *recorder = NULL;
    struct t_rig rig = t_rig_in(manager, 0, STARTED);
    frame = t_frame(rig.view);
    OK(camera_output_take_photo(rig.photo, NULL, -1, &photo));
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_manager_get_capability(manager, "virtual:0", 1, &capability));
    OK(camera_manager_create_recorder(manager, &tape, &recorder));
    OK(camera_session_release(rig.session));
    OK(camera_output_release(rig.video));
    OK(camera_surface_release(rig.tape));
    OK(camera_input_release(rig.input));
    handles[MANAGER] = manager;
    handles[LIST] = list;
    handles[CAPABILITY] = capability;
    handles[INPUT] = t_input(manager, 0, false);
    handles[SURFACE] = rig.view;
    handles[PREVIEW] = rig.preview;
    handles[PHOTO_OUTPUT] = rig.photo;
    handles[SESSION] = t_session(manager);
    handles[FRAME] = frame;
    handles[PHOTO] = photo;
    handles[RECORDER] = recorder;
}

static inline void release_handles(void **handles)
{
    OK(camera_list_release(handles[LIST]));
    OK(camera_capability_release(handles[CAPABILITY]));
    OK(camera_input_release(handles[INPUT]));
    OK(camera_surface_release(handles[SURFACE]));
    OK(camera_output_release(handles[PREVIEW]));
    OK(camera_output_release(handles[PHOTO_OUTPUT]));
    OK(camera_session_release(handles[SESSION]));
    OK(camera_frame_release(handles[FRAME]));
    OK(camera_photo_release(handles[PHOTO]));
    OK(camera_recorder_release(handles[RECORDER]));
}

static inline void begin(void)
{
    manager = t_manager();
    make_handles(live);
    make_handles(stale);
    release_handles(stale);
    stale[MANAGER] = t_manager();
    OK(camera_manager_release(stale[MANAGER]));
}

static inline void end(void)
{
    release_handles(live);
    OK(camera_manager_release(manager));
}

#endif
