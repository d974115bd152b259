/* SPDX-License-Identifier: Apache-2.0
 *
 * The classes of the bridge: what each file gives to the others. */
#ifndef CAMERA_SESSION_NAPI_CLASSES_H
#define CAMERA_SESSION_NAPI_CLASSES_H

#include "bridge.h"

namespace bridge {

/* ---- device.cc: plain values ---- */

napi_value make_device(napi_env env, const camera_description &camera);
/* The id of a device description that JavaScript gives; false: an exception is pending. */
bool expect_device(Call &call, size_t index, std::string *id);
napi_value make_profile(napi_env env, const camera_profile &profile, bool with_rates);
/* A profile that JavaScript gives; false: an exception is pending. */
bool expect_profile(Call &call, size_t index, bool with_rates, camera_profile *profile);
/* An object with the four lists of what a camera offers in a mode. Null: an exception is pending. */
napi_value make_capability(Call &call, camera_manager *manager, const std::string &camera, int32_t mode);

/* ---- input.cc ---- */

struct CameraInput : Object {
    CameraInput(Env &env, camera_input *handle, const camera_description &camera);
    ~CameraInput() override;
    static bool is(Kind kind) { return kind == Kind::CameraInput; }
    camera_input *const handle;
    const camera_description camera; /* as it was when the input was made */
    bool listens = false; /* the library tells it of errors */
};
bool define_input(Env &env);

/* ---- output.cc and its neighbours ---- */

struct CameraSession;

/* Any output. Its slot "surface" is the receiver or recorder that it sends to. Its slot "session" is the
 * session that it was added to: addOutput() sets it, removeOutput() deletes it. Rotations follow from the
 * session's camera, which is the CameraInput in the session's slot "input". */
struct CameraOutput : Object {
    CameraOutput(Env &env, Kind kind, const EventTable *events, camera_output *handle);
    ~CameraOutput() override;
    static bool is(Kind kind)
    {
        return kind == Kind::PreviewOutput || kind == Kind::PhotoOutput || kind == Kind::VideoOutput ||
               kind == Kind::MetadataOutput;
    }
    camera_output *const handle;
    bool listens = false; /* the library tells it of its events */
};

/* For every operation of a session, other than a start, that may have stopped its outputs. */
void outputs_settled(CameraSession &session);

/* The factories: methods of the manager, whose `this` has been checked. */
napi_value create_preview_output(Call &call, camera_manager *manager);
napi_value create_deferred_preview_output(Call &call, camera_manager *manager);
napi_value create_photo_output(Call &call, camera_manager *manager);
napi_value create_video_output(Call &call, camera_manager *manager);
napi_value create_metadata_output(Call &call, camera_manager *manager);
bool define_outputs(Env &env);

/* ---- session.cc and its neighbours ---- */

struct CameraSession : Object {
    CameraSession(Env &env, Kind kind, camera_session *handle);
    ~CameraSession() override;
    void on_environment_end() override;
    static bool is(Kind kind)
    {
        return kind == Kind::PhotoSession || kind == Kind::VideoSession || kind == Kind::SecureSession ||
               kind == Kind::CaptureSession;
    }
    camera_session *const handle;
    bool hears_errors = false; /* the library tells it of failures */
    bool hears_changes = false; /* and of everything else */
    /* session_running.cc */
    bool pinned = false;
    bool lost = false; /* started, but its stream ended by itself */
    bool away = false; /* so, and it waits for its camera */
    bool reattaches = false; /* as committed */
    bool shall_reattach = false; /* from the next commit on */
};
/* For a successful close of an input: a session that uses it has no stream any more. */
void input_was_closed(Env &env, const CameraInput &input);
/* A session of this class; null: an exception is pending. */
napi_value create_session(Env &env, camera_manager *manager, Kind kind);
bool define_sessions(Env &env);

/* ---- image.cc, receiver.cc ---- */

/* Anything that outputs can send to, found by its surface id: `surfaces` of the environment. The output
 * keeps the object as its slot "surface", so that it lives as long as frames may come. */
struct SurfaceOwner {
    virtual ~SurfaceOwner() = default;
    virtual camera_surface *surface() const = 0;
};
/* The surface with an id that JavaScript gives: one of this environment, or a handle's number from another
 * (whose object is then not kept alive). `owner` may become null. False: an exception is pending. */
bool expect_surface(Call &call, size_t index, camera_surface **surface, Object **owner);
/* The id of a surface, as getReceivingSurfaceId() gives it: its handle as a decimal number. */
std::string surface_id(camera_surface *surface);

/* A photo's picture as an image.Image; takes over the caller's hold on the photo, also on failure. */
napi_value make_photo_image(Env &env, camera_photo *photo);
bool define_image(Env &env);
/* The properties of the `image` module. */
void fill_image(Env &env, napi_value module);

/* ---- recorder.cc ---- */

bool define_media(Env &env);
void fill_media(Env &env, napi_value module);

/* ---- manager.cc ---- */

bool define_manager(Env &env);
void fill_camera(Env &env, napi_value module);

/* ---- color_space.cc ---- */

/* The number in colorSpaceManager.ColorSpace of one of camera_color_space; 0, UNKNOWN, of any other. */
int32_t script_color_space(int32_t library);
/* The other way: of a space that no camera has here a number that the library refuses as such; -1 of what is
 * no colour space. */
int32_t library_color_space(int32_t script);

/* ---- enums.cc ---- */

/* The enumerations of camera and image; those of media are in media.cc. */
void fill_camera_enums(napi_env env, napi_value module);
void fill_image_enums(napi_env env, napi_value module);

} // namespace bridge

#endif
