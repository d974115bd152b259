/* SPDX-License-Identifier: Apache-2.0
 *
 * camera_session.h: the camera-session core for Linux.
 */

#ifndef CAMERA_SESSION_H
#define CAMERA_SESSION_H


/* Generated from src/ffi by `make header`. Do not edit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 *
 * OpenHarmony Camera Kit's session model on Linux cameras: configure inputs and outputs between
 * begin and commit, start, stop, release. Cameras are V4L2 devices; where there are none, virtual
 * ones that draw a moving picture.
 *
 * @par Objects
 *   A camera_manager lists cameras and makes everything else. A camera_input is the right to use
 *   one camera. A camera_surface is a queue of frames with one consumer. A camera_output is a
 *   preview, a photo or a video, with a profile and a surface. A camera_session joins an input and
 *   outputs. camera_frame and camera_photo are what comes out; a camera_recorder writes the frames of
 *   an output to a file.
 *   Objects of different managers may be combined; each ends with its own manager.
 *
 * @par States of a session
 * @verbatim
 *            begin_config           commit_config            start
 *     INIT ----------------> CONFIG ---------------> COMMITTED -----> STARTED
 *                              ^                        | ^  ^          | |
 *                              |      begin_config      | |  |   stop   | |
 *                              +------------------------+ |  +----------+ |
 *                              |      begin_config        |               |
 *                              +--------------------------|---------------+
 *     release leads from every state to RELEASED.
 * @endverbatim
 *   Each function says in which states it works. In any other state it answers with a code and
 *   changes nothing.
 *
 * @par Results
 *   Functions return CAMERA_OK (0) or a code of camera_code. camera_error_detail() tells in one
 *   sentence what exactly failed and what to do. Out-parameters come last and are written only on
 *   success.
 *
 * @par Asynchronous operations
 *   A function that ends in _async accepts (CAMERA_OK) and then calls its completion function
 *   exactly once, later, never inside the call; or it refuses (any other code) and never calls it.
 *   The same function without the suffix blocks until the operation is done. Operations of one
 *   session run one at a time in the order of the calls.
 *
 * @par Handles
 *   Handles are keys, never addresses. A call on a released handle, on another object's handle or
 *   on an invented value answers with a code, never with undefined behaviour. The end of a manager is
 *   that of everything made from it: to release an object afterwards is refused and harmless.
 *
 * @par Threads
 *   "Thread-safe" means that the function may be called from any thread at any time, also from
 *   inside any callback of the library. "Waits" names what a call may have to wait for; a function
 *   that "never blocks" waits for nothing. No lock of the library is held while application code
 *   runs. The library's own threads take no signals: those are for the application's.
 *
 *   No callback may throw a C++ exception or leave by longjmp() or pthread_exit(): the process would be aborted. Catch
 *   exceptions inside.
 *
 * @par Processes
 *   A child of fork() cannot use what its parent made, nor make its own once the parent has used
 *   the library: every call answers CAMERA_ERROR_SERVICE_FATAL_ERROR and changes nothing, neither
 *   there nor in the parent. After exec it is a new process.
 *
 * @par Structures
 *   A structure that may grow begins with its size: start from its ..._INIT macro. Programs built
 *   with an older header go on working with a newer library. Enumerations may gain values; have a
 *   default case.
 *
 * @par Pitfalls
 *   Taking a callback or a listener away waits for a call of it that is going on. Of two callbacks of
 *   one manager that take each other away at the same time one does not wait: for it, the other's
 *   call is the last. Two of different managers would wait for ever: leave that to a third.
 *
 *   Releasing a session, an output or a recorder does not wait for its listeners, which hear the last
 *   events later. What their user_data points to may be freed when destroy is called, not before.
 *
 *   The first frames of a real camera are often dark, while it measures the light. A camera that is
 *   used by another process can be listed and opened, and is refused by commit.
 *
 *   Controls belong to the camera, not to the session: what was set stays for the next session and for
 *   other programs, until it is set again or the camera loses power. Only the light is put out, and a zoom
 *   without a lens undone, when a session ends. Each control's default is in camera_control_info.
 */

/** The symbol is part of the interface. */
#if defined(__GNUC__)
#define CAMERA_API __attribute__((visibility("default")))
#else
#define CAMERA_API
#endif

/** Version of this header; compare with camera_version(). */
#define CAMERA_SESSION_VERSION_MAJOR 0
#define CAMERA_SESSION_VERSION_MINOR 1
#define CAMERA_SESSION_VERSION_PATCH 0
#define CAMERA_SESSION_VERSION                                                                     \
    (CAMERA_SESSION_VERSION_MAJOR * 1000000 + CAMERA_SESSION_VERSION_MINOR * 1000 +                \
     CAMERA_SESSION_VERSION_PATCH)

/** The V4L2 pixel format with these four characters, as linux/videodev2.h defines it. */
#define CAMERA_FOURCC(a, b, c, d)                                                                  \
    ((uint32_t)(a) | ((uint32_t)(b) << 8) | ((uint32_t)(c) << 16) | ((uint32_t)(d) << 24))


/**
 * Cannot be set now, because the driver needs it as it is: usually while frames flow.
 */
#define CAMERA_CONTROL_GRABBED 2

/**
 * Can be read only.
 */
#define CAMERA_CONTROL_READ_ONLY 4

/**
 * Setting it changes other controls.
 */
#define CAMERA_CONTROL_UPDATE 8

/**
 * Has no effect now, because of another control: an exposure time while the exposure is automatic.
 */
#define CAMERA_CONTROL_INACTIVE 16

/**
 * Can be set only.
 */
#define CAMERA_CONTROL_WRITE_ONLY 64

/**
 * Changes by itself, which no event tells.
 */
#define CAMERA_CONTROL_VOLATILE 128

/**
 * The driver gave no timestamp on CLOCK_MONOTONIC, or one that cannot be (more than a second ahead,
 * or from long before the start): the library took its own at arrival.
 */
#define CAMERA_FRAME_TIMESTAMP_ESTIMATED 1

/**
 * The bytes are a copy, made because consumers held so many frames that the device needed its
 * own buffers back.
 */
#define CAMERA_FRAME_COPIED 2

/**
 * A compressed frame that can be decoded without the ones before it.
 */
#define CAMERA_FRAME_KEYFRAME 4

/**
 * The library made the frame from the camera's: decoded, cropped, scaled or converted it.
 */
#define CAMERA_FRAME_CONVERTED 8

/**
 * The first frame after the library started the camera again by itself, because it had been silent or
 * unplugged (camera_session_options): the numbers and times before it are missing. An output that
 * does not get this very frame, because it was slow, has the gap in its numbers only.
 */
#define CAMERA_FRAME_RESUMED 16

/**
 * The most objects that a detector may find in one frame.
 */
#define CAMERA_DETECTOR_MOST_OBJECTS 64

/**
 * Result codes. The numbers and texts are those of Camera Kit.
 */
enum camera_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Success.
     */
    CAMERA_OK = 0,
    /**
     * An argument is null, ill-typed or out of range; an unknown or wrong-kind handle.
     */
    CAMERA_ERROR_INVALID_ARGUMENT = 7400101,
    /**
     * Configuring outside begin and commit; no permission; not supported here; used by another
     * session of this process.
     */
    CAMERA_ERROR_OPERATION_NOT_ALLOWED = 7400102,
    /**
     * Start, or a control, before commit.
     */
    CAMERA_ERROR_SESSION_NOT_CONFIG = 7400103,
    /**
     * Capture before commit.
     */
    CAMERA_ERROR_SESSION_NOT_RUNNING = 7400104,
    /**
     * Begin while already configuring.
     */
    CAMERA_ERROR_SESSION_CONFIG_LOCKED = 7400105,
    /**
     * Reserved.
     */
    CAMERA_ERROR_DEVICE_SETTING_LOCKED = 7400106,
    /**
     * The device is in use by another process.
     */
    CAMERA_ERROR_CONFLICT_CAMERA = 7400107,
    /**
     * The device is gone, or a session that is to start or to commit has an input that is closed. What is asked
     * of a closed input itself is answered with SERVICE_FATAL_ERROR.
     */
    CAMERA_ERROR_DEVICE_DISABLED = 7400108,
    /**
     * The device was taken away.
     */
    CAMERA_ERROR_DEVICE_PREEMPTED = 7400109,
    /**
     * A frame rate that conflicts with another stream.
     */
    CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS = 7400110,
    /**
     * Everything else: commit checks, start twice, stop when not running, second release,
     * driver failure, a defect caught at the boundary.
     */
    CAMERA_ERROR_SERVICE_FATAL_ERROR = 7400201,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_code camera_code;
#else
typedef int32_t camera_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Pixel formats of Camera Kit. Every other number is a V4L2 FourCC, the device's own layout;
 * the two ranges do not meet. CAMERA_FOURCC() makes one.
 */
enum camera_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * 8-bit R, G, B, A in this order in memory.
     */
    CAMERA_FORMAT_RGBA_8888 = 3,
    /**
     * NV21: a plane of Y, then one of interleaved V and U at half width and height.
     */
    CAMERA_FORMAT_YUV_420_SP = 1003,
    /**
     * A JPEG picture.
     */
    CAMERA_FORMAT_JPEG = 2000,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_format camera_format;
#else
typedef uint32_t camera_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which thread runs the application's functions.
 */
enum camera_dispatch
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The library's: completions, events and log messages on one dispatcher thread; frame
     * callbacks on a few others, one at a time for each surface.
     */
    CAMERA_DISPATCH_LIBRARY = 0,
    /**
     * Only the thread that calls camera_manager_dispatch(), inside that call.
     */
    CAMERA_DISPATCH_CALLER = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_dispatch camera_dispatch;
#else
typedef int32_t camera_dispatch;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a log message matters.
 */
enum camera_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A defect, or a device that failed.
     */
    CAMERA_LOG_LEVEL_ERROR = 1,
    /**
     * Something was worked around.
     */
    CAMERA_LOG_LEVEL_WARNING = 2,
    /**
     * What a user may want to know.
     */
    CAMERA_LOG_LEVEL_INFO = 3,
    /**
     * For people who work on the library.
     */
    CAMERA_LOG_LEVEL_DEBUG = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_log_level camera_log_level;
#else
typedef int32_t camera_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which way a camera looks.
 */
enum camera_position
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Not known, as with most webcams.
     */
    CAMERA_POSITION_UNSPECIFIED = 0,
    /**
     * Away from the user.
     */
    CAMERA_POSITION_BACK = 1,
    /**
     * Towards the user.
     */
    CAMERA_POSITION_FRONT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_position camera_position;
#else
typedef int32_t camera_position;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What kind of lens a camera has. V4L2 does not tell: every camera is the default kind.
 */
enum camera_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Any camera.
     */
    CAMERA_TYPE_DEFAULT = 0,
    /**
     * A wide-angle lens.
     */
    CAMERA_TYPE_WIDE_ANGLE = 1,
    /**
     * An ultra-wide lens.
     */
    CAMERA_TYPE_ULTRA_WIDE = 2,
    /**
     * A telephoto lens.
     */
    CAMERA_TYPE_TELEPHOTO = 3,
    /**
     * A depth camera.
     */
    CAMERA_TYPE_TRUE_DEPTH = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_type camera_type;
#else
typedef int32_t camera_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a camera is connected.
 */
enum camera_connection
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Part of the machine.
     */
    CAMERA_CONNECTION_BUILT_IN = 0,
    /**
     * Can be unplugged.
     */
    CAMERA_CONNECTION_USB_PLUGIN = 1,
    /**
     * Over a network.
     */
    CAMERA_CONNECTION_REMOTE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_connection camera_connection;
#else
typedef int32_t camera_connection;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a session is for.
 */
enum camera_scene_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Photos, with a preview and perhaps a video.
     */
    CAMERA_SCENE_MODE_NORMAL_PHOTO = 1,
    /**
     * Video, with a preview and perhaps photos.
     */
    CAMERA_SCENE_MODE_NORMAL_VIDEO = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_scene_mode camera_scene_mode;
#else
typedef int32_t camera_scene_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an output is for.
 */
enum camera_output_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Frames while the session runs.
     */
    CAMERA_OUTPUT_KIND_PREVIEW = 0,
    /**
     * A picture for each capture.
     */
    CAMERA_OUTPUT_KIND_PHOTO = 1,
    /**
     * Frames between the output's own start and stop.
     */
    CAMERA_OUTPUT_KIND_VIDEO = 2,
    /**
     * What is seen in the picture. Has no profiles.
     */
    CAMERA_OUTPUT_KIND_METADATA = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_output_kind camera_output_kind;
#else
typedef int32_t camera_output_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which frame a full surface gives up.
 */
enum camera_surface_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The one that waits longest: the consumer sees the newest. For previews.
     */
    CAMERA_SURFACE_POLICY_DROP_OLDEST = 0,
    /**
     * The one that arrives: the consumer sees an unbroken run, then a gap. For recording.
     */
    CAMERA_SURFACE_POLICY_DROP_NEWEST = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_surface_policy camera_surface_policy;
#else
typedef int32_t camera_surface_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a session is in its life. The numbers are not in life-cycle order.
 */
enum camera_session_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * New.
     */
    CAMERA_SESSION_STATE_INIT = 0,
    /**
     * Between begin and commit.
     */
    CAMERA_SESSION_STATE_CONFIG = 1,
    /**
     * Configured, not running.
     */
    CAMERA_SESSION_STATE_COMMITTED = 2,
    /**
     * Ended.
     */
    CAMERA_SESSION_STATE_RELEASED = 3,
    /**
     * Running.
     */
    CAMERA_SESSION_STATE_STARTED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_session_state camera_session_state;
#else
typedef int32_t camera_session_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The coefficients that luma and chroma are made with.
 */
enum camera_color_matrix
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * ITU-R BT.601: most webcams, JPEG.
     */
    CAMERA_COLOR_MATRIX_BT601 = 0,
    /**
     * ITU-R BT.709: high-definition video.
     */
    CAMERA_COLOR_MATRIX_BT709 = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_color_matrix camera_color_matrix;
#else
typedef int32_t camera_color_matrix;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The levels of black and white.
 */
enum camera_color_range
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Luma from 16 to 235, chroma from 16 to 240.
     */
    CAMERA_COLOR_RANGE_LIMITED = 0,
    /**
     * From 0 to 255.
     */
    CAMERA_COLOR_RANGE_FULL = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_color_range camera_color_range;
#else
typedef int32_t camera_color_range;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a photo may be compressed.
 */
enum camera_quality_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Hardly any visible loss.
     */
    CAMERA_QUALITY_LEVEL_HIGH = 0,
    /**
     * About half the bytes.
     */
    CAMERA_QUALITY_LEVEL_MEDIUM = 1,
    /**
     * Small.
     */
    CAMERA_QUALITY_LEVEL_LOW = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_quality_level camera_quality_level;
#else
typedef int32_t camera_quality_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a picture is turned, clockwise. The numbers are degrees.
 */
enum camera_image_rotation
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * As the camera gives it.
     */
    CAMERA_IMAGE_ROTATION_0 = 0,
    /**
     * A quarter turn to the right: width and height change places.
     */
    CAMERA_IMAGE_ROTATION_90 = 90,
    /**
     * Upside down.
     */
    CAMERA_IMAGE_ROTATION_180 = 180,
    /**
     * A quarter turn to the left: width and height change places.
     */
    CAMERA_IMAGE_ROTATION_270 = 270,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_image_rotation camera_image_rotation;
#else
typedef int32_t camera_image_rotation;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an output tells.
 */
enum camera_output_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Preview, video, metadata: the first frame since the output was started is on its way.
     * timestamp_ns is its time.
     */
    CAMERA_OUTPUT_EVENT_TYPE_FRAME_START = 0,
    /**
     * Preview, video, metadata: no more frames come; the output was stopped, or its session was, its
     * input was closed, or the stream failed. frame_count is how many there were, those that were
     * dropped on the way to the consumer included. Follows each FRAME_START once.
     */
    CAMERA_OUTPUT_EVENT_TYPE_FRAME_END = 1,
    /**
     * Something failed: code and detail say what. A preview or a video has lost its stream, and
     * FRAME_END follows. A photo output has no photo for capture_id, because the capture was
     * cancelled or failed, and CAPTURE_END follows.
     */
    CAMERA_OUTPUT_EVENT_TYPE_ERROR = 2,
    /**
     * Photo: capture capture_id is under way. timestamp_ns is the present time.
     */
    CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_START = 3,
    /**
     * Photo: the frame for capture_id was taken. timestamp_ns is its time.
     */
    CAMERA_OUTPUT_EVENT_TYPE_FRAME_SHUTTER = 4,
    /**
     * Photo: the photo of capture_id is here.
     */
    CAMERA_OUTPUT_EVENT_TYPE_PHOTO_AVAILABLE = 5,
    /**
     * Photo: capture capture_id is over. frame_count is 1 if there was a photo, else 0. Follows
     * each CAPTURE_START once.
     */
    CAMERA_OUTPUT_EVENT_TYPE_CAPTURE_END = 6,
    /**
     * Metadata: objects were found in a frame, at least one.
     */
    CAMERA_OUTPUT_EVENT_TYPE_METADATA_OBJECTS_AVAILABLE = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_output_event_type camera_output_event_type;
#else
typedef int32_t camera_output_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happened to a camera. The numbers are Camera Kit's.
 */
enum camera_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It is there: plugged in, or there when the listener was registered. A camera that was
     * unplugged and plugged in again disappears and appears, with the same id.
     */
    CAMERA_STATUS_APPEAR = 0,
    /**
     * It is gone. Its open inputs and the session that uses it cannot be used any more.
     */
    CAMERA_STATUS_DISAPPEAR = 1,
    /**
     * No session of this process uses it any more.
     */
    CAMERA_STATUS_AVAILABLE = 2,
    /**
     * A session of this process uses it: its input was added. Until it is removed or the session
     * released, no other session of the process can have it.
     */
    CAMERA_STATUS_UNAVAILABLE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_status camera_status;
#else
typedef int32_t camera_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a manager tells.
 */
enum camera_manager_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A camera came, went, is used or is not used any more: status says which, camera whose.
     */
    CAMERA_MANAGER_EVENT_TYPE_CAMERA_STATUS = 0,
    /**
     * The torch went on or off, or can be had or not any more: torch says how it is now. Told once one of the
     * torch's functions was called, for changes from then on; camera_manager_get_torch_status() tells how it
     * is before.
     */
    CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_manager_event_type camera_manager_event_type;
#else
typedef int32_t camera_manager_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an input tells.
 */
enum camera_input_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The device failed: code and detail say how.
     */
    CAMERA_INPUT_EVENT_TYPE_ERROR = 0,
    /**
     * A control that camera_input_watch_control() named changed, by another process or by the camera
     * itself: control and value say which, and to what.
     */
    CAMERA_INPUT_EVENT_TYPE_CONTROL = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_input_event_type camera_input_event_type;
#else
typedef int32_t camera_input_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a session tells.
 */
enum camera_session_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Its streams ended by themselves, or its camera is back and cannot be used yet
     * (camera_session_options.reattach): code and detail say how. What camera_session_add_error_listener()
     * tells.
     */
    CAMERA_SESSION_EVENT_TYPE_ERROR = 0,
    /**
     * Its camera was gone and is back, and the session has opened it again: away_ms and running say how.
     * Only with camera_session_options.reattach. Previews and videos that run again tell FRAME_START with their
     * first frame, which has CAMERA_FRAME_RESUMED.
     */
    CAMERA_SESSION_EVENT_TYPE_REATTACHED = 1,
    /**
     * A smooth zoom began, which takes so many milliseconds: value.
     */
    CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO = 2,
    /**
     * How focusing goes: value is one of camera_focus_state.
     */
    CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE = 3,
    /**
     * Exposure and white balance have settled after a start of the camera: value is the `sequence` of the first
     * frame that looks as those after it. Told once for each start of the camera: by a session or an output, after a
     * camera came back, after a silent one was started once more. When they have not settled
     * within camera_session_options.settle_ms it is told all the same, with the number of the frame that came
     * then; CAMERA_EXPOSURE_STATE_CONVERGED is not. Also told so: black pictures, and formats that the library
     * cannot look into (H.264 and the like). The library looks at some hundred pixels of the frames, and only
     * while the session has a listener; it finds a picture settled after 0.4 seconds and five frames without a
     * change, brighter or darker by at most 4 %, so that things which move a lot in front of the camera can keep it
     * from that. Frames must flow for it: a session that has nothing but a photo output streams only for its
     * captures, and is told nothing. Add a preview.
     */
    CAMERA_SESSION_EVENT_TYPE_SETTLED = 4,
    /**
     * How exposure and white balance are: value is one of camera_exposure_state. Found out as for SETTLED:
     * after a start of the camera, and after the session's functions for exposure, its bias, metering, sensitivity or
     * white balance changed something (with some cameras also those for focus, whose lock is in the same control,
     * V4L2_CID_3A_LOCK), but not after raw controls. SCAN may come again before CONVERGED does.
     */
    CAMERA_SESSION_EVENT_TYPE_EXPOSURE_STATE = 5,
    /**
     * The flash of the camera is lit, charging or ready: value is one of camera_flash_state. Told of its changes
     * from commit on, as far as the driver tells of them (V4L2_CID_FLASH_LED_MODE, _STROBE_STATUS, _READY).
     */
    CAMERA_SESSION_EVENT_TYPE_FLASH_STATE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_session_event_type camera_session_event_type;
#else
typedef int32_t camera_session_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What values a control has. The numbers of enum v4l2_ctrl_type; others may occur (arrays, rectangles,
 * what later kernels have), which are listed and neither read nor set.
 */
enum camera_control_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A number.
     */
    CAMERA_CONTROL_TYPE_INTEGER = 1,
    /**
     * 0 or 1.
     */
    CAMERA_CONTROL_TYPE_BOOLEAN = 2,
    /**
     * The index of an item, which has a name.
     */
    CAMERA_CONTROL_TYPE_MENU = 3,
    /**
     * Does something when it is set, to whatever value; cannot be read.
     */
    CAMERA_CONTROL_TYPE_BUTTON = 4,
    /**
     * A number of 64 bits.
     */
    CAMERA_CONTROL_TYPE_INTEGER64 = 5,
    /**
     * UTF-8: camera_input_get_control_text().
     */
    CAMERA_CONTROL_TYPE_TEXT = 7,
    /**
     * Bits, of which maximum has those that may be set.
     */
    CAMERA_CONTROL_TYPE_BITMASK = 8,
    /**
     * The index of an item, which stands for a number.
     */
    CAMERA_CONTROL_TYPE_INTEGER_MENU = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_control_type camera_control_type;
#else
typedef int32_t camera_control_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much the picture is steadied against the shaking of a hand.
 */
enum camera_video_stabilization_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Not at all.
     */
    CAMERA_VIDEO_STABILIZATION_MODE_OFF = 0,
    /**
     * A little. V4L2 knows no degrees: not supported.
     */
    CAMERA_VIDEO_STABILIZATION_MODE_LOW = 1,
    /**
     * More. Not supported.
     */
    CAMERA_VIDEO_STABILIZATION_MODE_MIDDLE = 2,
    /**
     * Much. Not supported.
     */
    CAMERA_VIDEO_STABILIZATION_MODE_HIGH = 3,
    /**
     * As the camera does it (V4L2_CID_IMAGE_STABILIZATION).
     */
    CAMERA_VIDEO_STABILIZATION_MODE_AUTO = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_video_stabilization_mode camera_video_stabilization_mode;
#else
typedef int32_t camera_video_stabilization_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a smooth zoom moves.
 */
enum camera_smooth_zoom_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * By equal factors in equal times.
     */
    CAMERA_SMOOTH_ZOOM_MODE_NORMAL = 0,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_smooth_zoom_mode camera_smooth_zoom_mode;
#else
typedef int32_t camera_smooth_zoom_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How the camera focuses.
 */
enum camera_focus_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * As camera_session_set_focus_distance() says (V4L2_CID_FOCUS_ABSOLUTE).
     */
    CAMERA_FOCUS_MODE_MANUAL = 0,
    /**
     * All the time (V4L2_CID_FOCUS_AUTO).
     */
    CAMERA_FOCUS_MODE_CONTINUOUS_AUTO = 1,
    /**
     * Once, each time it is set (V4L2_CID_AUTO_FOCUS_START).
     */
    CAMERA_FOCUS_MODE_AUTO = 2,
    /**
     * Stays as it is (V4L2_CID_3A_LOCK, or automatic focus switched off).
     */
    CAMERA_FOCUS_MODE_LOCKED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_focus_mode camera_focus_mode;
#else
typedef int32_t camera_focus_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where focusing stands.
 */
enum camera_focus_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The camera looks for the distance.
     */
    CAMERA_FOCUS_STATE_SCAN = 0,
    /**
     * It has found it.
     */
    CAMERA_FOCUS_STATE_FOCUSED = 1,
    /**
     * It has not.
     */
    CAMERA_FOCUS_STATE_UNFOCUSED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_focus_state camera_focus_state;
#else
typedef int32_t camera_focus_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * When the light of a camera is on (V4L2_CID_FLASH_LED_MODE).
 */
enum camera_flash_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Never.
     */
    CAMERA_FLASH_MODE_CLOSE = 0,
    /**
     * With each capture: the driver is told to strobe (V4L2_CID_FLASH_STROBE) when the capture is called, and the
     * frame that becomes the photo follows. A flash that fails costs no photo; the log tells.
     */
    CAMERA_FLASH_MODE_OPEN = 1,
    /**
     * With a capture that needs it. V4L2 does not tell which does: not supported.
     */
    CAMERA_FLASH_MODE_AUTO = 2,
    /**
     * All the time, as a torch.
     */
    CAMERA_FLASH_MODE_ALWAYS_OPEN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_flash_mode camera_flash_mode;
#else
typedef int32_t camera_flash_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What the flash does now.
 */
enum camera_flash_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is none, or it is charging.
     */
    CAMERA_FLASH_STATE_UNAVAILABLE = 0,
    /**
     * It can flash.
     */
    CAMERA_FLASH_STATE_READY = 1,
    /**
     * It is lit.
     */
    CAMERA_FLASH_STATE_FLASHING = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_flash_state camera_flash_state;
#else
typedef int32_t camera_flash_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How exposure and white balance are.
 */
enum camera_exposure_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * They are being measured.
     */
    CAMERA_EXPOSURE_STATE_SCAN = 0,
    /**
     * They have settled.
     */
    CAMERA_EXPOSURE_STATE_CONVERGED = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_exposure_state camera_exposure_state;
#else
typedef int32_t camera_exposure_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Who decides about the exposure.
 */
enum camera_exposure_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The camera does not tell: it has no control for it. Cannot be set.
     */
    CAMERA_EXPOSURE_MODE_UNSPECIFIED = -1,
    /**
     * As it was when it was locked (V4L2_CID_3A_LOCK).
     */
    CAMERA_EXPOSURE_MODE_LOCKED = 0,
    /**
     * The camera. V4L2 knows no exposure that is found once and then kept: what CONTINUOUS_AUTO is.
     */
    CAMERA_EXPOSURE_MODE_AUTO = 1,
    /**
     * The camera, all the time (V4L2_CID_EXPOSURE_AUTO: automatic, or aperture priority as UVC cameras have it).
     */
    CAMERA_EXPOSURE_MODE_CONTINUOUS_AUTO = 2,
    /**
     * The application, with camera_session_set_exposure_duration() (V4L2_CID_EXPOSURE_AUTO: manual, or shutter
     * priority).
     */
    CAMERA_EXPOSURE_MODE_MANUAL = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_exposure_mode camera_exposure_mode;
#else
typedef int32_t camera_exposure_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where light is measured for the exposure.
 */
enum camera_exposure_metering_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * All over the picture (V4L2_CID_EXPOSURE_METERING: matrix, or average where there is no matrix).
     */
    CAMERA_EXPOSURE_METERING_MODE_MATRIX = 0,
    /**
     * All over it, the centre more.
     */
    CAMERA_EXPOSURE_METERING_MODE_CENTER = 1,
    /**
     * In a small area of its centre.
     */
    CAMERA_EXPOSURE_METERING_MODE_SPOT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_exposure_metering_mode camera_exposure_metering_mode;
#else
typedef int32_t camera_exposure_metering_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which light is taken for white. A camera with V4L2_CID_AUTO_N_PRESET_WHITE_BALANCE has its own idea of
 * each. On one with V4L2_CID_WHITE_BALANCE_TEMPERATURE alone they are the temperatures below, as far as
 * its range has them.
 */
enum camera_white_balance_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * What the camera finds.
     */
    CAMERA_WHITE_BALANCE_MODE_AUTO = 0,
    /**
     * A sky with clouds: 6500 kelvin.
     */
    CAMERA_WHITE_BALANCE_MODE_CLOUDY = 1,
    /**
     * Light bulbs: 2800 kelvin.
     */
    CAMERA_WHITE_BALANCE_MODE_INCANDESCENT = 2,
    /**
     * Tubes: 4000 kelvin.
     */
    CAMERA_WHITE_BALANCE_MODE_FLUORESCENT = 3,
    /**
     * The sun: 5500 kelvin.
     */
    CAMERA_WHITE_BALANCE_MODE_DAYLIGHT = 4,
    /**
     * What camera_session_set_white_balance() sets.
     */
    CAMERA_WHITE_BALANCE_MODE_MANUAL = 5,
    /**
     * As it was when it was locked (V4L2_CID_3A_LOCK).
     */
    CAMERA_WHITE_BALANCE_MODE_LOCKED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_white_balance_mode camera_white_balance_mode;
#else
typedef int32_t camera_white_balance_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Is there light?
 */
enum camera_torch_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No.
     */
    CAMERA_TORCH_MODE_OFF = 0,
    /**
     * Yes.
     */
    CAMERA_TORCH_MODE_ON = 1,
    /**
     * When it is dark. V4L2 does not tell when it is: not supported.
     */
    CAMERA_TORCH_MODE_AUTO = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_torch_mode camera_torch_mode;
#else
typedef int32_t camera_torch_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Colour spaces that frames can have; the numbers are those of OH_NativeBuffer_ColorSpace, of which no
 * others are supported. Drivers seldom know the primaries of their sensors: those of sRGB, which are
 * also those of BT.709, are assumed.
 */
enum camera_color_space
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * YUV of BT.709 from 0 to 255.
     */
    CAMERA_COLOR_SPACE_BT709_FULL = 3,
    /**
     * YUV of BT.709 from 16 to 235: high-definition video.
     */
    CAMERA_COLOR_SPACE_BT709_LIMITED = 8,
    /**
     * YUV of BT.601 from 0 to 255: JPEG pictures.
     */
    CAMERA_COLOR_SPACE_SRGB_FULL = 11,
    /**
     * YUV of BT.601 from 16 to 235: most cameras.
     */
    CAMERA_COLOR_SPACE_SRGB_LIMITED = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_color_space camera_color_space;
#else
typedef int32_t camera_color_space;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What counts for more when a session is planned.
 */
enum camera_quality_prioritization
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The picture: the highest rate within the ranges, and the mode that cuts off least. This is how a
     * session begins.
     */
    CAMERA_QUALITY_PRIORITIZATION_HIGH_QUALITY = 0,
    /**
     * Power: of the rates within the ranges none above 30 frames per second, unless only higher ones are
     * there; and at that rate the mode that costs the processor least, though it may show less of the
     * picture.
     */
    CAMERA_QUALITY_PRIORITIZATION_POWER_BALANCE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_quality_prioritization camera_quality_prioritization;
#else
typedef int32_t camera_quality_prioritization;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How good the pictures of a preconfigured session are.
 */
enum camera_preconfig_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Previews and videos of 720 rows.
     */
    CAMERA_PRECONFIG_TYPE_P720 = 0,
    /**
     * Of 1080 rows.
     */
    CAMERA_PRECONFIG_TYPE_P1080 = 1,
    /**
     * Of 2160 rows.
     */
    CAMERA_PRECONFIG_TYPE_P4K = 2,
    /**
     * As large as there are.
     */
    CAMERA_PRECONFIG_TYPE_HIGH_QUALITY = 3,
    /**
     * Photos in BT.2020, which no camera of V4L2 gives: not supported.
     */
    CAMERA_PRECONFIG_TYPE_HIGH_QUALITY_BT2020 = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_preconfig_type camera_preconfig_type;
#else
typedef int32_t camera_preconfig_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The shape of the pictures of a preconfigured session.
 */
enum camera_preconfig_ratio
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Square. Nothing is cut out for it: the camera must have such a mode.
     */
    CAMERA_PRECONFIG_RATIO_R1X1 = 0,
    /**
     * 4:3.
     */
    CAMERA_PRECONFIG_RATIO_R4X3 = 1,
    /**
     * 16:9.
     */
    CAMERA_PRECONFIG_RATIO_R16X9 = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_preconfig_ratio camera_preconfig_ratio;
#else
typedef int32_t camera_preconfig_ratio;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an object is.
 */
enum camera_metadata_object_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * A human face.
     */
    CAMERA_METADATA_OBJECT_TYPE_FACE_DETECTION = 0,
    /**
     * A human body.
     */
    CAMERA_METADATA_OBJECT_TYPE_HUMAN_BODY = 1,
    /**
     * The face of a cat.
     */
    CAMERA_METADATA_OBJECT_TYPE_CAT_FACE = 2,
    /**
     * The body of a cat.
     */
    CAMERA_METADATA_OBJECT_TYPE_CAT_BODY = 3,
    /**
     * The face of a dog.
     */
    CAMERA_METADATA_OBJECT_TYPE_DOG_FACE = 4,
    /**
     * The body of a dog.
     */
    CAMERA_METADATA_OBJECT_TYPE_DOG_BODY = 5,
    /**
     * What stands out in the picture.
     */
    CAMERA_METADATA_OBJECT_TYPE_SALIENT_DETECTION = 6,
    /**
     * A bar code of any kind.
     */
    CAMERA_METADATA_OBJECT_TYPE_BAR_CODE_DETECTION = 7,
    /**
     * A human face, with less said about it.
     */
    CAMERA_METADATA_OBJECT_TYPE_BASIC_FACE_DETECTION = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_metadata_object_type camera_metadata_object_type;
#else
typedef int32_t camera_metadata_object_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a file is organised.
 */
enum camera_container
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Matroska (RFC 9559; .mkv). Holds Motion-JPEG and H.264 as they come from the camera, and
     * most uncompressed formats, without the padding between rows. Each frame has the time at
     * which it was taken, to 0.05 ms. A file that was cut off, by a crash or a full disk, plays.
     */
    CAMERA_CONTAINER_MATROSKA = 0,
    /**
     * YUV4MPEG2 (.y4m), for tools. Holds YUV and grey of 8 bits, as planes. Frames have no times:
     * the file says one rate for all.
     */
    CAMERA_CONTAINER_Y4M = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_container camera_container;
#else
typedef int32_t camera_container;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a recorder is in its life.
 */
enum camera_recorder_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing was recorded yet.
     */
    CAMERA_RECORDER_STATE_IDLE = 0,
    /**
     * Frames are written.
     */
    CAMERA_RECORDER_STATE_RECORDING = 1,
    /**
     * Frames are let go.
     */
    CAMERA_RECORDER_STATE_PAUSED = 2,
    /**
     * The file is finished.
     */
    CAMERA_RECORDER_STATE_STOPPED = 3,
    /**
     * Recording ended by itself; the file is finished with what could be written.
     */
    CAMERA_RECORDER_STATE_FAILED = 4,
    /**
     * The recorder was released.
     */
    CAMERA_RECORDER_STATE_RELEASED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_recorder_state camera_recorder_state;
#else
typedef int32_t camera_recorder_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a recorder reports.
 */
enum camera_recorder_event_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Recording ended by itself, or the file could not be finished as it should be: the disk is
     * full, or the frames have another format or size than those before. STOPPED follows.
     */
    CAMERA_RECORDER_EVENT_TYPE_ERROR = 1,
    /**
     * The file is finished and closed. Comes once for each recorder that was started: after a
     * stop, an error, or the release of the recorder or its manager.
     */
    CAMERA_RECORDER_EVENT_TYPE_STOPPED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum camera_recorder_event_type camera_recorder_event_type;
#else
typedef int32_t camera_recorder_event_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What one camera offers in one mode.
 */
typedef struct camera_capability camera_capability;

/**
 * One captured picture: its planes in memory, and when it was taken. Counted by reference,
 * and readable until the last reference is released: also after its session stopped, was
 * configured anew or released, and after its camera was unplugged.
 */
typedef struct camera_frame camera_frame;

/**
 * The right to use one camera: opened, added to a session, closed. Several inputs of a process
 * may be open on one camera; the device is opened once and shared.
 */
typedef struct camera_input camera_input;

/**
 * The cameras that were present at one moment.
 */
typedef struct camera_list camera_list;

/**
 * The entry to the library: lists cameras, makes inputs, surfaces, outputs, recorders and sessions.
 *
 * A program usually has one. Everything made from a manager ends with it, except frames and
 * photos, which end when they are released.
 */
typedef struct camera_manager camera_manager;

/**
 * What a session is asked to produce: a preview, photos or a video, in one profile. An output
 * is in one session at most.
 */
typedef struct camera_output camera_output;

/**
 * An encoded picture, counted by reference like a frame, and valid until its last reference is
 * released, whatever happens to its session and camera.
 */
typedef struct camera_photo camera_photo;

/**
 * Writes the frames that arrive at its surface to a file. One recorder makes one file.
 *
 * It has a surface of its own, see camera_recorder_get_surface(), which is given to a preview or
 * video output like any other. Frames are written on a thread of the library, in both dispatch
 * modes, so that a slow disk holds up no camera. Whatever happens to the session, the output, the
 * camera or the program, the file plays up to the last frame that was written.
 *
 * Operations of one recorder run one at a time, in the order of the calls; a synchronous call
 * waits for the asynchronous ones before it.
 */
typedef struct camera_recorder camera_recorder;

/**
 * A session: one input and any number of outputs, configured between begin and commit, then
 * started, stopped and released.
 *
 * Operations of one session run one at a time, in the order of the calls; a synchronous call
 * waits for the asynchronous ones before it. Different sessions do not wait for each other.
 */
typedef struct camera_session camera_session;

/**
 * A bounded queue of frames with one consumer: a callback, or whoever calls
 * camera_surface_acquire(). A surface has no size and format of its own: it takes what its
 * outputs send, and may serve several.
 *
 * A consumer that is slow loses frames by the surface's policy; one that holds many stops
 * getting new ones. Either way it starves only itself.
 */
typedef struct camera_surface camera_surface;

/**
 * How a manager is made. Begin with CAMERA_MANAGER_OPTIONS_INIT.
 */
typedef struct camera_manager_options {
    /**
     * sizeof(camera_manager_options).
     */
    uint32_t size;
    /**
     * One of camera_dispatch.
     */
    int32_t dispatch;
    /**
     * Where cameras come from: a list, separated by commas, of "v4l2", "virtual:N" (N
     * virtual cameras, 1 to 256 in all) and "replay:FILE" (a camera that plays a file). NULL: the environment variable CAMERA_SESSION_CAMERAS, with
     * the same syntax, if it is set, not empty, and the program does not run with raised privileges; else
     * V4L2 cameras, and one virtual camera while there are none. At most 1023 bytes.
     *
     * Virtual cameras fail on request, so that a program can test what it does then. Faults follow
     * the item that they are for, each behind a "+": "virtual:2+unplug@2s+return@4s". T is a time
     * from the first frame of a run on (2s, 500ms) or the number of a frame, from 0 (60f); T-T is from
     * the first up to, but without, the second, and T- from there on. The codes are those that a real
     * device gives:
     *
     * - unplug@T: the camera is gone: 7400108, and not in the list; return@T: it is there again, as a
     *   device that a new input opens. Each unplug happens once, in the first run that lasts so long.
     * - fail@T: the driver fails (EIO): the run ends with 7400201. eio@T: one buffer is damaged (EIO).
     *   fail@commit, fail@start: the driver gives no buffers, does not start (EIO): 7400201.
     * - silent@T: no frames from there on in this run, and no error; see camera_session_options.
     * - corrupt and drop, with @60f, @T-T, @T-, =N (every Nth), =N% or both (@1s-2s=25%): frames come
     *   damaged, or are lost.
     * - jump@T=500ms, jump@T=-500ms: timestamps jump. wrap, wrap=N: the driver's 32-bit frame numbers
     *   wrap after 10, or N, frames.
     * - busy@open, busy@commit: 7400107; denied: 7400102 when it is opened. With =N these and fail@commit
     *   and fail@start fail the first N times only; behind a return they are of the camera as it came
     *   back, and count anew.
     * - slow@open=500ms, and in the same way commit, start, stop: the call takes so much longer.
     *
     * Every fault happens to the same frames each time. What kind of camera a virtual one is, and what is in
     * front of it, is said in the same way:
     *
     * - basic, plain: the few controls of a cheap webcam, or none; otherwise it has all that this library
     *   knows, with their effect in the picture.
     * - front, back: where it looks; turned=90 (180, 270): its picture is to be turned so far clockwise.
     * - settle, settle=N: a run begins too dark and too blue, and is right after 10, or N, frames.
     * - light@T=25%: from T on the scene has so much of its usual light (1 to 6400 %).
     * - subject@T=200: from T on the lens is sharp at this value of V4L2_CID_FOCUS_ABSOLUTE, above 250 at none.
     * - cover@T-T: the lens is covered (V4L2_CID_PRIVACY), and the picture black but for its number.
     * - stuck=NAME: setting this control fails (EIO); the name is that of v4l2-ctl: stuck=zoom_absolute.
     *
     * "replay:FILE" plays a Y4M file (4:2:0, 4:2:2, 4:4:4 and mono of 8 bits), JPEG pictures one after
     * the other, or a Matroska file with Motion-JPEG, H.264 or uncompressed pictures, as a recorder writes
     * it. The camera has the file's format, size and rate; times between frames are the file's.
     * It begins again at its end; with "+once" behind it the camera is then gone (7400108) until its
     * next start. "+rate=25" or "+rate=30000/1001" is the rate of JPEG pictures, else 30. Of a file that was
     * cut off, what is whole is played. Pictures that are not read in time are gaps in the
     * numbers. In FILE, %2C is a comma, %2B a plus sign, %25 a percent sign, and so on.
     *
     * A session recording (camera_session_start_trace()) is the recorded camera again, under the id
     * "replay:N": its name, driver, format, size, rate and colour, its frames with their numbers and the
     * times between them, damaged ones, gaps and silences, failures of a start, and the end with its code
     * and detail. Each start of the stream plays the next run of the recording, and behind the last the
     * first; where the application had stopped the stream nothing comes until this one does. A camera
     * that was unplugged is gone as it was then: for good, or until it was started again, as a device
     * that a new input opens. Where the recording itself ends amid a run, the stream ends with 7400108.
     * "+once" changes nothing. Rows of pictures have no padding.
     */
    const char *cameras;
} camera_manager_options;

/**
 * Receives what the library has to say beside its results.
 *
 * Runs where completions run.
 *
 * @param level      One of camera_log_level.
 * @param message    One line without a line end, in UTF-8. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_log_fn)(int32_t level,
                              const char *message,
                              void *user_data);

/**
 * Tells that a stored callback and its user data are not needed any more: it will not be
 * called again and is not running. May be NULL where it can be given.
 *
 * Runs once: on the thread that removed the callback, or as the callback returns when it
 * removed itself. The listeners of an object that is released (a manager, an input, a session, an
 * output, a recorder), log callbacks and detectors end where completions run.
 *
 * @param user_data  What was given with the callback.
 */
typedef void (*camera_destroy_fn)(void *user_data);

/**
 * A camera, as camera_list_get() describes it. Begin with CAMERA_DESCRIPTION_INIT. A value:
 * it stays valid whatever happens to the camera.
 */
typedef struct camera_description {
    /**
     * sizeof(camera_description).
     */
    uint32_t size;
    /**
     * One of camera_position.
     */
    int32_t position;
    /**
     * One of camera_type.
     */
    int32_t camera_type;
    /**
     * One of camera_connection.
     */
    int32_t connection;
    /**
     * Clockwise degrees to turn the picture upright, as the camera is built in: 0, 90, 180 or 270. The
     * library turns nothing by itself: add it to what a photo's settings ask for, and turn what a
     * preview shows.
     */
    uint32_t orientation;
    /**
     * Identifies the camera across restarts and, when it has a serial number, across ports.
     */
    char id[128];
    /**
     * What the driver calls it, in UTF-8.
     */
    char name[64];
    /**
     * The driver.
     */
    char driver[32];
    /**
     * The device node; empty for a camera that has none.
     */
    char path[64];
} camera_description;

/**
 * What an output asks for, or a camera offers. Begin with CAMERA_PROFILE_INIT.
 */
typedef struct camera_profile {
    /**
     * sizeof(camera_profile).
     */
    uint32_t size;
    /**
     * A number of camera_format, or a V4L2 FourCC: see CAMERA_FOURCC().
     */
    uint32_t format;
    /**
     * Pixels in a row, 1 to 32768.
     */
    uint32_t width;
    /**
     * Rows, 1 to 32768.
     */
    uint32_t height;
    /**
     * The slowest rate in frames per second; 0 except in video profiles.
     */
    uint32_t min_frame_rate;
    /**
     * The fastest rate; 0 except in video profiles.
     */
    uint32_t max_frame_rate;
} camera_profile;

/**
 * How the torch is. Begin with CAMERA_TORCH_STATUS_INIT.
 */
typedef struct camera_torch_status {
    /**
     * sizeof(camera_torch_status).
     */
    uint32_t size;
    /**
     * 1: there is one, and no session of this process has its camera; else 0.
     */
    int32_t available;
    /**
     * 1: this manager's torch is on; else 0.
     */
    int32_t active;
    /**
     * How bright it is, of its greatest brightness (V4L2_CID_FLASH_TORCH_INTENSITY): 0 while it is off, 1 when the
     * camera knows no degrees.
     */
    float level;
} camera_torch_status;

/**
 * An event of a manager.
 */
typedef struct camera_manager_event {
    /**
     * Bytes of the structure as this version of the library knows it.
     */
    uint32_t size;
    /**
     * One of camera_manager_event_type. There may be more of them in later versions.
     */
    int32_t type;
    /**
     * CAMERA_STATUS: one of camera_status. Otherwise 0.
     */
    int32_t status;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * The camera, also one that is gone; never NULL for CAMERA_STATUS, and NULL otherwise. Its size is that of
     * the structure as this version of the library knows it. Valid until the function returns.
     */
    const struct camera_description *camera;
    /**
     * How the torch is now; never NULL for TORCH_STATUS, and NULL otherwise. As camera in size and life.
     */
    const struct camera_torch_status *torch;
} camera_manager_event;

/**
 * Receives the events of a manager.
 *
 * Runs where completions run.
 *
 * @param manager    The manager.
 * @param event      What happened. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_manager_event_fn)(struct camera_manager *manager,
                                        const struct camera_manager_event *event,
                                        void *user_data);

/**
 * Reports the result of an asynchronous call. Runs exactly once for each accepted call.
 *
 * Runs on the library's dispatcher thread, or inside camera_manager_dispatch() when the
 * application dispatches; never inside the call that it completes. Every function of the
 * library may be called from inside.
 *
 * @param code       CAMERA_OK, or why the operation failed.
 * @param detail     One sentence that says which check failed, with values; empty on success.
 *                   Valid until the function returns.
 * @param user_data  What was given with the call.
 */
typedef void (*camera_completion_fn)(int32_t code,
                                     const char *detail,
                                     void *user_data);

/**
 * An event of an input.
 */
typedef struct camera_input_event {
    /**
     * Bytes of the structure as this version of the library knows it.
     */
    uint32_t size;
    /**
     * One of camera_input_event_type. There may be more of them in later versions.
     */
    int32_t type;
    /**
     * CONTROL: CAMERA_OK. ERROR: the code.
     *
     * CAMERA_ERROR_DEVICE_DISABLED: the camera is gone; the input is of no use any more, and a new
     * one can be opened when the camera is back (or its session does so: camera_session_options.reattach). CAMERA_ERROR_SERVICE_FATAL_ERROR: the driver
     * failed; the session may be stopped and started again. CAMERA_ERROR_CONFLICT_CAMERA and
     * CAMERA_ERROR_DEVICE_PREEMPTED: the device was taken away by another; V4L2 drivers do not do
     * that.
     */
    int32_t code;
    /**
     * CONTROL: the control's id. Otherwise 0.
     */
    uint32_t control;
    /**
     * ERROR: one sentence with the cause; otherwise empty. Never NULL. Valid until the function returns.
     */
    const char *detail;
    /**
     * CONTROL: the value at the moment of the change; 0 for a text. Otherwise 0. A change may be one of the
     * control's flags or range alone: a white balance that is not automatic any more becomes active, with the
     * value from before this process sets another, which is not told. camera_input_get_control() has the
     * value now.
     */
    int64_t value;
} camera_input_event;

/**
 * Receives the events of an input.
 *
 * Runs where completions run.
 *
 * @param input      The input.
 * @param event      What happened. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_input_event_fn)(struct camera_input *input,
                                      const struct camera_input_event *event,
                                      void *user_data);

/**
 * A control of a camera. Begin with CAMERA_CONTROL_INFO_INIT.
 */
typedef struct camera_control_info {
    /**
     * sizeof(camera_control_info).
     */
    uint32_t size;
    /**
     * V4L2's id, for example V4L2_CID_BRIGHTNESS of linux/v4l2-controls.h; 0: there is none.
     */
    uint32_t id;
    /**
     * One of camera_control_type, or another number.
     */
    int32_t type;
    /**
     * CAMERA_CONTROL_... bits, as they are at this moment. Others may be set.
     */
    uint32_t flags;
    /**
     * The least value; of a text, the least number of bytes.
     */
    int64_t minimum;
    /**
     * The largest value; of a menu, the largest index; of a text, the largest number of bytes.
     */
    int64_t maximum;
    /**
     * The distance of two values; values in between are refused. At least 1.
     */
    uint64_t step;
    /**
     * The value that the driver begins with.
     */
    int64_t default_value;
    /**
     * What the driver calls it, in UTF-8.
     */
    char name[64];
} camera_control_info;

/**
 * An item of a control's menu. Begin with CAMERA_CONTROL_MENU_ITEM_INIT.
 */
typedef struct camera_control_menu_item {
    /**
     * sizeof(camera_control_menu_item).
     */
    uint32_t size;
    /**
     * What the control is set to for it. Menus have holes: it is not the number of the item.
     */
    uint32_t index;
    /**
     * INTEGER_MENU: the number that it stands for. Otherwise 0.
     */
    int64_t number;
    /**
     * MENU: its name; INTEGER_MENU: its number, in UTF-8.
     */
    char name[64];
} camera_control_menu_item;

/**
 * What is known of a camera, its sensor and its lens. Begin with CAMERA_FACTS_INIT. Zero, or an empty
 * text: nobody tells. USB cameras tell who made them and what they are; drivers of sensors tell the sizes.
 */
typedef struct camera_facts {
    /**
     * sizeof(camera_facts).
     */
    uint32_t size;
    /**
     * Pixels of the sensor in a row, those that no picture shows too (V4L2_SEL_TGT_NATIVE_SIZE).
     */
    uint32_t pixel_array_width;
    /**
     * Rows of the sensor.
     */
    uint32_t pixel_array_height;
    /**
     * Width of the sensor in micrometres: its pixels times the width of one (V4L2_CID_UNIT_CELL_SIZE).
     */
    uint32_t sensor_width_um;
    /**
     * Its height in micrometres.
     */
    uint32_t sensor_height_um;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * The least value of V4L2_CID_FOCUS_ABSOLUTE; equal to focus_maximum when the focus cannot be set.
     */
    int64_t focus_minimum;
    /**
     * The largest; larger is nearer. V4L2 leaves the unit to drivers.
     */
    int64_t focus_maximum;
    /**
     * Who made it, in UTF-8.
     */
    char make[64];
    /**
     * What it is called, in UTF-8.
     */
    char model[64];
} camera_facts;

/**
 * How a surface is made. Begin with CAMERA_SURFACE_OPTIONS_INIT.
 */
typedef struct camera_surface_options {
    /**
     * sizeof(camera_surface_options).
     */
    uint32_t size;
    /**
     * Frames that wait at most, 1 to 64; 0 for the default, 3.
     */
    uint32_t capacity;
    /**
     * One of camera_surface_policy.
     */
    int32_t policy;
    /**
     * While the consumer holds this many, the surface takes no further frames; those that wait
     * it may still have. 1 to 64; 0 for the default, 8.
     */
    uint32_t max_held;
} camera_surface_options;

/**
 * Receives the frames of a surface as they come.
 *
 * Runs on one of the library's delivery threads, or inside camera_manager_dispatch() when the
 * application dispatches; for one surface one call at a time, in order. A call that takes long
 * loses frames for this surface only; while many block, the library adds threads for the others. Every
 * function of the library may be called from inside.
 *
 * @param surface    The surface.
 * @param frame      The frame, valid until the function returns; keep it with
 *                   camera_frame_retain().
 * @param user_data  What was given with the function.
 */
typedef void (*camera_frame_fn)(struct camera_surface *surface,
                                struct camera_frame *frame,
                                void *user_data);

/**
 * Counts of a surface since it was made. Begin with CAMERA_SURFACE_STATISTICS_INIT.
 */
typedef struct camera_surface_statistics {
    /**
     * sizeof(camera_surface_statistics).
     */
    uint32_t size;
    /**
     * Frames that wait now.
     */
    uint32_t waiting;
    /**
     * Frames that the consumer holds now.
     */
    uint32_t held;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * Frames that arrived.
     */
    uint64_t arrived;
    /**
     * Frames that the consumer took.
     */
    uint64_t delivered;
    /**
     * Frames given up because the surface was full: the consumer was slow.
     */
    uint64_t dropped_full;
    /**
     * Frames given up because the consumer held too many.
     */
    uint64_t dropped_held;
    /**
     * Frames that its outputs gave up before they reached the surface, because making them took
     * too long, or because consumers held all the memory there is for them.
     */
    uint64_t dropped_early;
    /**
     * Numbers that are missing in the stream: frames that were lost in the driver or on the way
     * from the camera, counted for each output that sends here and was running.
     */
    uint64_t lost;
    /**
     * Frames that came damaged: the driver said so, or a compressed picture could not be decoded.
     */
    uint64_t corrupt;
    /**
     * Frames that the library made from the camera's (CAMERA_FRAME_CONVERTED).
     */
    uint64_t converted;
    /**
     * Frames that are copies (CAMERA_FRAME_COPIED).
     */
    uint64_t copied;
    /**
     * The age of a frame when the consumer got it: from its timestamp to that moment, in
     * nanoseconds. Half of the frames were not older than this. Right within a sixteenth.
     */
    uint64_t age_median_ns;
    /**
     * The age of the oldest.
     */
    uint64_t age_worst_ns;
} camera_surface_statistics;

/**
 * How a recorder is made. Begin with CAMERA_RECORDER_OPTIONS_INIT, and set path or fd.
 */
typedef struct camera_recorder_options {
    /**
     * sizeof(camera_recorder_options).
     */
    uint32_t size;
    /**
     * One of camera_container.
     */
    int32_t container;
    /**
     * The file to write, at most 4095 bytes; NULL: fd is used. It is made when the recording
     * starts, with mode 0666 and the umask; what is there is replaced. A path that is not
     * absolute begins at the program's folder at that moment. Two recorders at work must not
     * write to the same file.
     */
    const char *path;
    /**
     * A file or device that is open for writing, without O_APPEND; -1: path is used. It stays the
     * caller's, who may close it once the recorder is made: the recorder has a duplicate
     * (F_DUPFD_CLOEXEC) until the file is finished. The file is emptied when the recording starts
     * and written from its beginning; its offset is neither used nor moved.
     */
    int32_t fd;
    /**
     * Frames that wait for the disk at most, 1 to 64; 0 for the default, 8. Each keeps a buffer of
     * the camera, or a copy, as long as it waits.
     */
    uint32_t capacity;
    /**
     * Frames per second that a Y4M file is to say, 1 to 1000; 0: the mean rate is measured, and
     * put in when the file is finished (until then the file says 30). 0 for Matroska, where each
     * frame has its own time.
     */
    uint32_t frame_rate;
    /**
     * 0.
     */
    uint32_t reserved;
} camera_recorder_options;

/**
 * Counts of a recording. Begin with CAMERA_RECORDER_STATISTICS_INIT.
 */
typedef struct camera_recorder_statistics {
    /**
     * sizeof(camera_recorder_statistics).
     */
    uint32_t size;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * Frames in the file.
     */
    uint64_t frames;
    /**
     * Bytes in the file.
     */
    uint64_t bytes;
    /**
     * Frames that arrived while recording and were given up, because the disk was slower than
     * the camera for longer than the surface is deep.
     */
    uint64_t dropped;
    /**
     * Frames that are not in the file because they were of no use: damaged, or H.264 pictures
     * that need others which are not in the file.
     */
    uint64_t skipped;
    /**
     * What the file lasts, in nanoseconds: from the first frame to the end of the last, without
     * pauses.
     */
    uint64_t duration_ns;
} camera_recorder_statistics;

/**
 * Something that happened to a recorder. Filled by the library; valid until the function that
 * receives it returns.
 */
typedef struct camera_recorder_event {
    /**
     * How much of the structure this library filled, in bytes. A newer library may fill more, an
     * older one less: look before using a field that was added later.
     */
    uint32_t size;
    /**
     * One of camera_recorder_event_type; have a default case.
     */
    int32_t type;
    /**
     * ERROR: why, one of camera_code. STOPPED: CAMERA_OK.
     */
    int32_t code;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * ERROR: one sentence with the cause. STOPPED: empty. Never NULL.
     */
    const char *detail;
    /**
     * STOPPED: the final counts. ERROR: NULL.
     */
    const struct camera_recorder_statistics *statistics;
} camera_recorder_event;

/**
 * Receives what happens to a recording.
 *
 * Runs where completions run. The recorder may be stopped and released from inside.
 *
 * @param recorder   The recorder; perhaps released meanwhile.
 * @param event      What happened. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_recorder_event_fn)(struct camera_recorder *recorder,
                                         const struct camera_recorder_event *event,
                                         void *user_data);

/**
 * What a frame is. Begin with CAMERA_FRAME_INFO_INIT.
 */
typedef struct camera_frame_info {
    /**
     * sizeof(camera_frame_info).
     */
    uint32_t size;
    /**
     * A number of camera_format, or a V4L2 FourCC.
     */
    uint32_t format;
    /**
     * Pixels in a row.
     */
    uint32_t width;
    /**
     * Rows.
     */
    uint32_t height;
    /**
     * Planes, 1 to 4: see camera_frame_get_plane().
     */
    uint32_t plane_count;
    /**
     * CAMERA_FRAME_... bits.
     */
    uint32_t flags;
    /**
     * The driver's number of the frame since the device began to stream, from 0. It begins anew with
     * every start of the device: after a stop, a commit, or another frame rate; but it goes on when the
     * library starts the device again by itself (CAMERA_FRAME_RESUMED). Gaps are frames that were lost
     * before they reached the library, or that no surface took.
     */
    uint64_t sequence;
    /**
     * When the driver says the frame was taken: CLOCK_MONOTONIC in nanoseconds. It may lie
     * slightly ahead of the clock at arrival with drivers that stamp the next frame. It rises as the
     * driver's clock does, whatever becomes of the time of day; what wraps or jumps is replaced, see
     * CAMERA_FRAME_TIMESTAMP_ESTIMATED. That clock stands still while the machine sleeps.
     */
    int64_t timestamp_ns;
    /**
     * The output that the frame was made for; its handle may have been released meanwhile.
     */
    struct camera_output *output;
    /**
     * How its luma and chroma follow from red, green and blue: one of camera_color_matrix. Means
     * nothing for RGB.
     */
    int32_t color_matrix;
    /**
     * The levels that they take: one of camera_color_range. Means nothing for RGB.
     */
    int32_t color_range;
} camera_frame_info;

/**
 * One plane of a frame. Begin with CAMERA_PLANE_INIT.
 */
typedef struct camera_plane {
    /**
     * sizeof(camera_plane).
     */
    uint32_t size;
    /**
     * Bytes from the start of a row to that of the next; 0 for compressed data.
     */
    uint32_t stride;
    /**
     * Rows; 0 for compressed data.
     */
    uint32_t rows;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * The bytes. Owned by the frame and valid as long as it; not to be written to.
     */
    const void *data;
    /**
     * Bytes at data. May be less than stride * rows when the driver gave a short buffer.
     */
    size_t length;
} camera_plane;

/**
 * What a photo is. Begin with CAMERA_PHOTO_INFO_INIT.
 */
typedef struct camera_photo_info {
    /**
     * sizeof(camera_photo_info).
     */
    uint32_t size;
    /**
     * Number of the capture, from 1, among those of its output.
     */
    uint32_t capture_id;
    /**
     * A number of camera_format: CAMERA_FORMAT_JPEG.
     */
    uint32_t format;
    /**
     * Pixels in a row.
     */
    uint32_t width;
    /**
     * Rows.
     */
    uint32_t height;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * The captured frame's number in its stream.
     */
    uint64_t sequence;
    /**
     * When the frame was taken: CLOCK_MONOTONIC in nanoseconds.
     */
    int64_t timestamp_ns;
    /**
     * The file's bytes. Owned by the photo and valid as long as it.
     */
    const void *data;
    /**
     * How many.
     */
    size_t length;
} camera_photo_info;

/**
 * An object in a picture.
 */
typedef struct camera_metadata_object {
    /**
     * One of camera_metadata_object_type.
     */
    int32_t type;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * When the picture was taken: CLOCK_MONOTONIC in nanoseconds. A detector may leave it 0: that
     * of its frame.
     */
    int64_t timestamp_ns;
    /**
     * Left edge of the box around it, as a fraction of the picture's width: 0 to 1.
     */
    double x;
    /**
     * Upper edge, as a fraction of the picture's height.
     */
    double y;
    /**
     * Width of the box, as a fraction of the picture's.
     */
    double width;
    /**
     * Height of the box, as a fraction of the picture's.
     */
    double height;
    /**
     * Always 0.
     */
    uint64_t more[4];
} camera_metadata_object;

/**
 * An event of an output. Fields that an event has no use for are 0 or NULL.
 */
typedef struct camera_output_event {
    /**
     * Bytes of the structure as this version of the library knows it.
     */
    uint32_t size;
    /**
     * One of camera_output_event_type. There may be more of them in later versions.
     */
    int32_t type;
    /**
     * Number of the capture, from 1, among those of the output.
     */
    uint32_t capture_id;
    /**
     * CAMERA_OK, or for ERROR one of camera_code.
     */
    int32_t code;
    /**
     * CLOCK_MONOTONIC in nanoseconds.
     */
    int64_t timestamp_ns;
    /**
     * How many frames or photos there were.
     */
    uint64_t frame_count;
    /**
     * For ERROR one sentence with the cause, else empty; never NULL. Valid until the function
     * returns.
     */
    const char *detail;
    /**
     * The photo. Valid until the function returns; keep it with camera_photo_retain().
     */
    struct camera_photo *photo;
    /**
     * What was found. Valid until the function returns.
     */
    const struct camera_metadata_object *objects;
    /**
     * How many there are in objects.
     */
    uint32_t object_count;
    /**
     * Always 0.
     */
    uint32_t reserved;
} camera_output_event;

/**
 * Receives the events of an output.
 *
 * Runs where completions run.
 *
 * @param output     The output.
 * @param event      What happened. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_output_event_fn)(struct camera_output *output,
                                       const struct camera_output_event *event,
                                       void *user_data);

/**
 * Counts of an output since it was made. Begin with CAMERA_OUTPUT_STATISTICS_INIT.
 *
 * At rest they add up: of the frames that the driver numbered while a preview or a video ran, each
 * was delivered, waits in the surface, or is counted once as lost, corrupt or dropped (but for those
 * that were just being made as the output was stopped). Of the captures
 * of a photo output each is a photo (delivered), was cancelled (dropped), or had a frame that could not
 * be made a photo (corrupt). Of the frames that a detector wanted, each was given to it (delivered) or
 * is counted as with a video.
 */
typedef struct camera_output_statistics {
    /**
     * sizeof(camera_output_statistics).
     */
    uint32_t size;
    /**
     * Always 0.
     */
    uint32_t reserved;
    /**
     * Frames that the consumer took from the surface; photos; frames given to the detector.
     */
    uint64_t delivered;
    /**
     * Numbers that are missing in the stream: frames that were lost in the driver or on the way
     * from the camera.
     */
    uint64_t lost;
    /**
     * Frames that came damaged: the driver said so, or a compressed picture could not be decoded.
     */
    uint64_t corrupt;
    /**
     * Frames given up because the consumer was slow or held too many, because making them took too
     * long, or because a deferred preview had no surface yet; captures that were cancelled.
     */
    uint64_t dropped;
    /**
     * Frames that the library made from the camera's; photos that it encoded. The others are as
     * the camera gave them.
     */
    uint64_t converted;
    /**
     * Frames that were copied because consumers held too many of the device's buffers.
     */
    uint64_t copied;
    /**
     * The age of a frame when the consumer got it, or of a photo when it was there: from its
     * timestamp to that moment, in nanoseconds. Half of them were not older than this. Right
     * within a sixteenth.
     */
    uint64_t age_median_ns;
    /**
     * The age of the oldest.
     */
    uint64_t age_worst_ns;
} camera_output_statistics;

/**
 * What a detector wants and finds. Begin with CAMERA_DETECTOR_OPTIONS_INIT.
 */
typedef struct camera_detector_options {
    /**
     * sizeof(camera_detector_options).
     */
    uint32_t size;
    /**
     * The layout of its frames: a number of camera_format, or a V4L2 FourCC, as for a preview.
     */
    uint32_t format;
    /**
     * Pixels in a row of its frames. If their shape is not that of the camera's picture, they show
     * the middle of it.
     */
    uint32_t width;
    /**
     * Rows.
     */
    uint32_t height;
    /**
     * The most frames that it gets in a second, 1 to 1000.
     */
    uint32_t max_frame_rate;
    /**
     * How many there are in types, 1 to 32.
     */
    uint32_t type_count;
    /**
     * What it finds: numbers of camera_metadata_object_type. Read during the call only.
     */
    const int32_t *types;
} camera_detector_options;

/**
 * Finds objects in a frame.
 *
 * Runs where frame callbacks run. One call at a time for each metadata output; several at a time when
 * several outputs or sessions are detecting, or when one is started anew while a call for it is still
 * going on. While it looks at one frame newer ones replace each other.
 *
 * @param frame      The frame. Valid until the function returns; keep it with
 *                   camera_frame_retain().
 * @param objects    Receives what was found; boxes are fractions of the frame. All zero at first.
 * @param capacity   The most that fit: CAMERA_DETECTOR_MOST_OBJECTS.
 * @param user_data  What was given with the function.
 * @return How many were found; more than capacity is taken for capacity.
 */
typedef uint32_t (*camera_detector_fn)(struct camera_frame *frame,
                                       struct camera_metadata_object *objects,
                                       uint32_t capacity,
                                       void *user_data);

/**
 * Where a photo was taken (WGS 84).
 */
typedef struct camera_location {
    /**
     * Degrees, north is positive: -90 to 90.
     */
    double latitude;
    /**
     * Degrees, east is positive: -180 to 180.
     */
    double longitude;
    /**
     * Metres above sea level: -1000000 to 1000000.
     */
    double altitude;
} camera_location;

/**
 * What a capture asks for. Begin with CAMERA_PHOTO_SETTINGS_INIT.
 *
 * The pixels of the photo are turned and mirrored, so that it looks right in every program; the
 * orientation in its EXIF data is always "upright". A frame that the camera itself gives as JPEG,
 * in the photo's size, is passed through without encoding it again when it is neither turned nor
 * mirrored; quality is then the camera's affair.
 */
typedef struct camera_photo_settings {
    /**
     * sizeof(camera_photo_settings).
     */
    uint32_t size;
    /**
     * One of camera_quality_level.
     */
    int32_t quality;
    /**
     * One of camera_image_rotation.
     */
    int32_t rotation;
    /**
     * 1: mirrored left to right, after it was turned. Else 0.
     */
    int32_t mirror;
    /**
     * Written into the EXIF data; NULL: none. Read during the call only.
     */
    const struct camera_location *location;
} camera_photo_settings;

/**
 * Receives what became of each capture.
 *
 * Runs where completions run.
 *
 * @param output      The photo output.
 * @param capture_id  Number of the capture, from 1, among those of the output.
 * @param code        CAMERA_OK, or why there is no photo.
 * @param detail      One sentence with the cause; empty with a photo. Valid until the function
 *                    returns.
 * @param photo       The photo, or NULL. Valid until the function returns; keep it with
 *                    camera_photo_retain().
 * @param user_data   What was given with the function.
 */
typedef void (*camera_photo_fn)(struct camera_output *output,
                                uint32_t capture_id,
                                int32_t code,
                                const char *detail,
                                struct camera_photo *photo,
                                void *user_data);

/**
 * Tells that a running session failed: its device is gone (CAMERA_ERROR_DEVICE_DISABLED, told
 * once) or the driver failed (CAMERA_ERROR_SERVICE_FATAL_ERROR). The streams have ended; stop, begin
 * and release work. Of a session that is committed and whose streams stand still it is told when
 * something listens to its input or to the input's manager; else the next start finds it out. A session
 * with camera_session_options.reattach goes on when its camera is back; its error listeners are told
 * when that cannot be had.
 *
 * Runs where completions run.
 *
 * @param code       Why.
 * @param detail     One sentence with the cause. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_error_fn)(int32_t code,
                                const char *detail,
                                void *user_data);

/**
 * How a session behaves when something goes wrong, and how long it looks whether the picture has settled. Begin with CAMERA_SESSION_OPTIONS_INIT.
 */
typedef struct camera_session_options {
    /**
     * sizeof(camera_session_options).
     */
    uint32_t size;
    /**
     * Milliseconds without a frame after which a stream that should run counts as silent: it is
     * started once more, and has failed if no frame comes for as long again. 20 to 3600000; 0 for the
     * default, 5000 or ten frame periods, whichever is longer; -1 for never: a camera that is
     * triggered. Silence is noticed at most a quarter of this time late.
     */
    int32_t silence_ms;
    /**
     * 1: when the camera is gone and comes back, known by its id, the session opens it again with the
     * plan of the last commit, and previews and videos that ran run again. 0, the default: it does not.
     *
     * The loss is told all the same, and each run of an output ends with its events. While the camera
     * is away an output's start, capture and, after a stop, start answer CAMERA_ERROR_DEVICE_DISABLED;
     * stop is what it always is, captures that waited have failed, and a commit fails until the camera is
     * back, then opens it again with the same input. If none of this happens meanwhile, then, with
     * CAMERA_SESSION_EVENT_TYPE_REATTACHED, everything goes on: the input and the outputs are the same,
     * photos can be taken, frame numbers continue behind as many as would have come meanwhile (at least
     * one; in no count of an output, whose run had ended), and the first frame has CAMERA_FRAME_RESUMED. A camera that is back but cannot be had
     * (busy, no permission) is tried again, at last every two seconds, and the error listeners are told
     * once, after the fifth try (about 0.8 seconds). The first frames may come before REATTACHED is told,
     * which has another way. What the session's functions had set (exposure, zoom, light) is set again; raw
     * controls are not. A recorder goes on in the same file, with a gap in its times. To stop waiting, begin a configuration, close the input or release the session.
     */
    int32_t reattach;
    /**
     * Milliseconds after a start of the camera within which exposure and white balance are to have settled:
     * CAMERA_SESSION_EVENT_TYPE_SETTLED is told with the first frame that comes later, if it was not told
     * before. 20 to 3600000; 0 for the default, 3000; -1: the picture is not looked at, and neither SETTLED
     * nor EXPOSURE_STATE is told.
     */
    int32_t settle_ms;
} camera_session_options;

/**
 * An event of a session.
 */
typedef struct camera_session_event {
    /**
     * Bytes of the structure as this version of the library knows it.
     */
    uint32_t size;
    /**
     * One of camera_session_event_type. There may be more of them in later versions.
     */
    int32_t type;
    /**
     * ERROR: the code of the failure, as camera_error_fn has it. Otherwise CAMERA_OK.
     */
    int32_t code;
    /**
     * REATTACHED: previews, videos and metadata outputs that run again. Otherwise 0.
     */
    uint32_t running;
    /**
     * ERROR: one sentence with the cause; otherwise empty. Never NULL. Valid until the function returns.
     */
    const char *detail;
    /**
     * REATTACHED: milliseconds from when the session found the camera gone. Otherwise 0.
     */
    uint64_t away_ms;
    /**
     * What the type says; otherwise 0.
     */
    int64_t value;
} camera_session_event;

/**
 * Receives the events of a session.
 *
 * Runs where completions run.
 *
 * @param session    The session.
 * @param event      What happened. Valid until the function returns.
 * @param user_data  What was given with the function.
 */
typedef void (*camera_session_event_fn)(struct camera_session *session,
                                        const struct camera_session_event *event,
                                        void *user_data);

/**
 * Counts of a session's trace. Begin with CAMERA_TRACE_STATISTICS_INIT.
 */
typedef struct camera_trace_statistics {
    /**
     * sizeof(camera_trace_statistics).
     */
    uint32_t size;
    /**
     * 1 while it is written, else 0.
     */
    uint32_t running;
    /**
     * Why it ended by itself, one of camera_code; CAMERA_OK if it did not.
     */
    int32_t code;
    /**
     * Files that it has.
     */
    uint32_t files;
    /**
     * Bytes in all of them.
     */
    uint64_t bytes;
    /**
     * Frames that are there with their pictures.
     */
    uint64_t frames;
    /**
     * Frames of which only number and time are there, because the disk was slower than the camera, or
     * all buffers were in use.
     */
    uint64_t frames_left_out;
    /**
     * Events of which nothing is there but their count: the disk did not move for about half a minute.
     */
    uint64_t events_lost;
} camera_trace_statistics;

/**
 * A point of the picture.
 */
typedef struct camera_point {
    /**
     * From 0, the left edge, to 1, the right one.
     */
    double x;
    /**
     * From 0, the upper edge, to 1, the lower one.
     */
    double y;
} camera_point;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Version of the loaded library: major * 1000000 + minor * 1000 + patch.
 *
 * Compare with CAMERA_SESSION_VERSION, the version of the header.
 *
 * @return The version.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_version_string()
 */
CAMERA_API
uint32_t camera_version(void);

/**
 * Version of the loaded library as text, for example "0.1.0".
 *
 * @return A constant string, valid for ever. Never NULL.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_version()
 */
CAMERA_API
const char *camera_version_string(void);

/**
 * The name of a result code, for example "INVALID_ARGUMENT".
 *
 * @param code  Any number.
 *
 * @return A constant string, valid for ever: "OK" for 0, "UNKNOWN" for a number that is no
 *         code. Never NULL.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_error_text(), camera_error_detail()
 */
CAMERA_API
const char *camera_error_name(int32_t code);

/**
 * The message text of a result code, as Camera Kit words it, for example
 * "Parameter missing or parameter type incorrect.".
 *
 * @param code  Any number.
 *
 * @return A constant string, valid for ever: "Success." for 0, "Unknown code." for a number
 *         that is no code. Never NULL.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_error_name(), camera_error_detail()
 */
CAMERA_API
const char *camera_error_text(int32_t code);

/**
 * What went wrong in the last call that failed on this thread: one sentence that says which
 * check failed, on which object, with the values and the errno, and what to do.
 *
 * Asynchronous operations hand their detail to the completion function instead. A call that
 * succeeds leaves the text as it was.
 *
 * @return A string of the calling thread, valid until another call fails on it; empty when
 *         none has failed. Never NULL.
 *
 * @par Threading
 *   Thread-safe; each thread has its own.
 *
 * @since 0.1
 * @see camera_error_text()
 */
CAMERA_API
const char *camera_error_detail(void);

/**
 * The name of a pixel format, for people: "YUYV", "NV12", "JPEG", "RGBA_8888"; "-BE" follows
 * a FourCC of V4L2's big-endian kind.
 *
 * @param format    A number of camera_format or a V4L2 FourCC.
 * @param text      Where the name goes, always ended by NUL. Owned by the caller. Must not be
 *                  NULL.
 * @param text_size Bytes at text, 16 or more.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  text is NULL, or text_size is below 16.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see CAMERA_FOURCC()
 */
CAMERA_API
int32_t camera_format_name(uint32_t format,
                           char *text,
                           size_t text_size);

/**
 * Makes a manager.
 *
 * @param options  How; NULL for the defaults. Read during the call only.
 * @param manager  Receives the handle. Owned by the caller: give it back with
 *                 camera_manager_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    manager is NULL; options has a wrong size, an
 *                                          unknown dispatch mode or a list that is not understood.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR No thread or file descriptor could be had.
 *
 * @par Threading
 *   Thread-safe. Does not open any camera.
 *
 * @since 0.1
 * @see camera_manager_release(), camera_manager_list_cameras()
 */
CAMERA_API
int32_t camera_manager_create(const struct camera_manager_options *options,
                              struct camera_manager **manager);

/**
 * Ends a manager and everything made from it: sessions are released, inputs closed, recordings
 * finished, recorders, surfaces and outputs released. Operations that were accepted complete
 * first; every completion has run when this returns, and no function of the application is called
 * any more. Asynchronous calls on them that other threads make meanwhile are refused, as those on
 * released handles are.
 *
 * Frames and photos that the application holds stay valid until they are released.
 *
 * @param manager  The manager. Its handle and those of everything made from it are released.
 *
 * @retval CAMERA_OK                      Ended.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is NULL, released or not a manager.
 *
 * @par Threading
 *   Thread-safe. Waits for operations under way. In caller-driven mode the completions that
 *   are left run inside this call. From inside a callback of this manager it
 *   waits for the others, not for that one; what is left follows when the callback has
 *   returned.
 *
 * @since 0.1
 * @see camera_manager_create()
 */
CAMERA_API
int32_t camera_manager_release(struct camera_manager *manager);

/**
 * A file descriptor that is readable while functions of the application wait to be run, for
 * epoll, poll, GLib or libuv. Caller-driven mode only.
 *
 * @param manager  A manager made with CAMERA_DISPATCH_CALLER.
 * @param fd       Receives the descriptor. Owned by the library: wait for it to be readable,
 *                 do not read, write or close it. Valid until the manager is released. Must
 *                 not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or manager is no live manager.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The manager dispatches on its own thread.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_manager_dispatch()
 */
CAMERA_API
int32_t camera_manager_get_dispatch_fd(struct camera_manager *manager,
                                       int *fd);

/**
 * Runs the application's functions that are waiting: completions, events, frame callbacks and
 * log messages. What they cause waits for the next call, so that this one always ends.
 *
 * @param manager  A manager made with CAMERA_DISPATCH_CALLER.
 * @param count    Receives how many were run. May be NULL.
 *
 * @retval CAMERA_OK                          Run; perhaps there were none.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      manager is no live manager.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The manager dispatches on its own thread; or the
 *                                            call came from inside a callback of this manager,
 *                                            or while another thread is in this function.
 *
 * @par Threading
 *   One thread at a time for each manager. Blocks only as long as the functions it runs.
 *
 * @since 0.1
 * @see camera_manager_get_dispatch_fd()
 */
CAMERA_API
int32_t camera_manager_dispatch(struct camera_manager *manager,
                                uint32_t *count);

/**
 * Sends the library's messages to the application, or stops doing so. Without this the
 * library prints nothing, anywhere.
 *
 * @param manager    The manager.
 * @param level      The least important level that is wanted, one of camera_log_level.
 * @param callback   Receives the messages; NULL ends it.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the callback is not needed any more: where
 *                   completions run, after the last message. May be NULL. Not called when this
 *                   function fails.
 *
 * @retval CAMERA_OK                      Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager, or level is unknown.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_manager_set_log_callback(struct camera_manager *manager,
                                        int32_t level,
                                        camera_log_fn callback,
                                        void *user_data,
                                        camera_destroy_fn destroy);

/**
 * Lists the cameras that are present now.
 *
 * @param manager  The manager.
 * @param list     Receives the list. Owned by the caller: give it back with
 *                 camera_list_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Written; the list may be empty.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
 *
 * @par Threading
 *   Thread-safe. Waits for drivers to answer, usually a few milliseconds.
 *
 * @since 0.1
 * @see camera_list_get_count(), camera_list_get()
 */
CAMERA_API
int32_t camera_manager_list_cameras(struct camera_manager *manager,
                                    struct camera_list **list);

/**
 * The number of cameras in a list.
 *
 * @param list   The list.
 * @param count  Receives the number. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or list is no live list.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_list_get()
 */
CAMERA_API
int32_t camera_list_get_count(struct camera_list *list,
                              uint32_t *count);

/**
 * Describes one camera of a list.
 *
 * @param list         The list.
 * @param index        Which, from 0.
 * @param description  Filled. Its size field says how much of it the program knows. Must not
 *                     be NULL.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; list is no live list; index is
 *                                        beyond the end; description->size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_list_get_count()
 */
CAMERA_API
int32_t camera_list_get(struct camera_list *list,
                        uint32_t index,
                        struct camera_description *description);

/**
 * Gives a list back.
 *
 * @param list  The list. Its handle is released.
 *
 * @retval CAMERA_OK                      Released.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  list is NULL, released or not a list.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_list_release(struct camera_list *list);

/**
 * What a camera offers in a mode: the profiles that outputs may ask for.
 *
 * @param manager     The manager.
 * @param camera_id   The camera's id, from camera_list_get(). Read during the call only. Must
 *                    not be NULL.
 * @param mode        One of camera_scene_mode.
 * @param capability  Receives the capability. Owned by the caller: give it back with
 *                    camera_capability_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, manager is no live manager,
 *                                            camera_id has not the form of an id of its cameras,
 *                                            or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The process may not open the device.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The driver failed.
 *
 * @par Threading
 *   Thread-safe. Waits for the driver to answer.
 *
 * @since 0.1
 * @see camera_capability_get_profile()
 */
CAMERA_API
int32_t camera_manager_get_capability(struct camera_manager *manager,
                                      const char *camera_id,
                                      int32_t mode,
                                      struct camera_capability **capability);

/**
 * The number of profiles that a camera offers for a kind of output.
 *
 * @param capability  The capability.
 * @param kind        One of camera_output_kind.
 * @param count       Receives the number. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, capability is no live capability,
 *                                        or kind is unknown.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_capability_get_profile()
 */
CAMERA_API
int32_t camera_capability_get_profile_count(struct camera_capability *capability,
                                            int32_t kind,
                                            uint32_t *count);

/**
 * One profile that a camera offers for a kind of output. The camera's preferred format and
 * size come first, as its driver lists them.
 *
 * @param capability  The capability.
 * @param kind        One of camera_output_kind.
 * @param index       Which, from 0.
 * @param profile     Filled. Its size field says how much of it the program knows. Must not be
 *                    NULL.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; capability is no live capability;
 *                                        kind is unknown; index is beyond the end;
 *                                        profile->size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_capability_get_profile_count()
 */
CAMERA_API
int32_t camera_capability_get_profile(struct camera_capability *capability,
                                      int32_t kind,
                                      uint32_t index,
                                      struct camera_profile *profile);

/**
 * Gives a capability back.
 *
 * @param capability  The capability. Its handle is released.
 *
 * @retval CAMERA_OK                      Released.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  capability is NULL, released or not a capability.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_capability_release(struct camera_capability *capability);

/**
 * Is there a torch? It is the light of the first camera in the list that has one
 * (V4L2_CID_FLASH_LED_MODE with torch).
 *
 * To find out, each camera is opened for a moment, once. A camera that cannot be opened has none until
 * it can.
 *
 * @param manager    The manager.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
 *
 * @par Threading
 *   Thread-safe. Waits for calls about the torch that were made before, and for drivers to answer.
 *
 * @since 0.1
 * @see camera_manager_set_torch_mode()
 */
CAMERA_API
int32_t camera_manager_is_torch_supported(struct camera_manager *manager,
                                          bool *supported);

/**
 * Is a mode of the torch supported?
 *
 * @param manager    The manager.
 * @param mode       One of camera_torch_mode.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, manager is no live manager, or mode is
 *                                          unknown.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
 *
 * @par Threading
 *   As camera_manager_is_torch_supported().
 *
 * @since 0.1
 * @see camera_manager_set_torch_mode()
 */
CAMERA_API
int32_t camera_manager_is_torch_mode_supported(struct camera_manager *manager,
                                               int32_t mode,
                                               bool *supported);

/**
 * The mode of the torch now, as this manager set it and the driver has it.
 *
 * @param manager  The manager.
 * @param mode     Receives one of camera_torch_mode; OFF without a torch. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
 *
 * @par Threading
 *   As camera_manager_is_torch_supported().
 *
 * @since 0.1
 * @see camera_manager_set_torch_mode(), camera_manager_get_torch_status()
 */
CAMERA_API
int32_t camera_manager_get_torch_mode(struct camera_manager *manager,
                                      int32_t *mode);

/**
 * Switches the torch on or off.
 *
 * Its camera's device is open while it is on. It goes out when a session of this process takes the camera
 * (camera_session_add_input()), which has the light then: camera_session_set_flash_mode(). It goes out with
 * the manager, too.
 *
 * @param manager  The manager.
 * @param mode     One of camera_torch_mode.
 *
 * @retval CAMERA_OK                            Switched, or so already.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        manager is no live manager, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The mode is not supported, a session has the camera, or the
 *                                              process may not open it.
 * @retval CAMERA_ERROR_CONFLICT_CAMERA         Another process has the camera.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The driver failed, or the devices could not be enumerated.
 *
 * @par Threading
 *   As camera_manager_is_torch_supported().
 *
 * @since 0.1
 * @see camera_manager_is_torch_mode_supported(), camera_manager_add_listener()
 */
CAMERA_API
int32_t camera_manager_set_torch_mode(struct camera_manager *manager,
                                      int32_t mode);

/**
 * How the torch is at this moment. Changes are told to the manager's listeners
 * (CAMERA_MANAGER_EVENT_TYPE_TORCH_STATUS) from the first call of a function of the torch on.
 *
 * @param manager  The manager.
 * @param status   Receives the answer. Must not be NULL; its size must be set.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, manager is no live manager, or status has a
 *                                          wrong size.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated.
 *
 * @par Threading
 *   As camera_manager_is_torch_supported().
 *
 * @since 0.1
 * @see camera_manager_set_torch_mode(), camera_manager_add_listener()
 */
CAMERA_API
int32_t camera_manager_get_torch_status(struct camera_manager *manager,
                                        struct camera_torch_status *status);

/**
 * Registers a function for what a manager tells: cameras come and go, and are in use or not; the torch.
 *
 * The new listener is first told of every camera as it is at that moment: APPEAR, and UNAVAILABLE
 * after it if a session uses it. Changes follow, none lost and none told twice. Without listeners
 * nothing is watched, and nothing is polled ever.
 *
 * A camera that is plugged in is told of when it can be asked, usually within a few milliseconds
 * of its device node, and at the latest 0.2 s after it: a node that is busy or forbidden by then is
 * told of as what it looks like. If it turns out to be none, or one with another id, it disappears.
 * That needs neither udev nor root; it needs inotify, or the kernel's device messages
 * (NETLINK_KOBJECT_UEVENT), which not every container gets. In a container whose /dev stays as it was
 * made, without these messages, cameras do not come or go, except that one is told to be gone when
 * its stream ends for that reason.
 *
 * The virtual camera that stands in where there is no other one appears after the last real
 * camera is gone, and disappears when one comes.
 *
 * What other processes do with a camera is not told: the kernel does not tell it. That another
 * process uses it is found out by camera_session_commit_config(), with CAMERA_ERROR_CONFLICT_CAMERA.
 *
 * Of a camera that is unplugged are told, in this order: the end of each run by its output, DISAPPEAR by
 * the manager, an error with CAMERA_ERROR_DEVICE_DISABLED by each input that listens, and the same error
 * by the session that uses it.
 *
 * @param manager    The manager.
 * @param callback   Receives the events. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its manager.
 *                   May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_manager_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered; the present cameras are on their way.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or manager is no live manager.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The devices could not be enumerated or not be watched:
 *                                          too many files are open, or inotify's limit is reached
 *                                          and the kernel's messages cannot be had.
 *
 * @par Threading
 *   Thread-safe. Waits for drivers to answer when nothing listened before; usually a few
 *   milliseconds.
 *
 * @since 0.1
 * @see camera_manager_remove_listener(), camera_input_add_listener(), camera_manager_list_cameras()
 */
CAMERA_API
int32_t camera_manager_add_listener(struct camera_manager *manager,
                                    camera_manager_event_fn callback,
                                    void *user_data,
                                    camera_destroy_fn destroy,
                                    uint64_t *listener);

/**
 * Removes a listener. When this returns the listener is not running and never will be again;
 * called from inside it, that call is its last. What waits to be told is not told to it any more.
 * With the last listener of the manager and its inputs the watching ends.
 *
 * @param manager   The manager.
 * @param listener  The number from camera_manager_add_listener().
 *
 * @retval CAMERA_OK                      Removed; its destroy function has run, or runs as the
 *                                        listener returns when called from inside it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager, or has no such listener.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the listener that is running on another thread.
 *
 * @since 0.1
 * @see camera_manager_add_listener()
 */
CAMERA_API
int32_t camera_manager_remove_listener(struct camera_manager *manager,
                                       uint64_t listener);

/**
 * Makes an input for a camera. The device is opened by camera_input_open().
 *
 * @param manager    The manager.
 * @param camera_id  The camera's id, from camera_list_get(). Read during the call only. Must not
 *                   be NULL.
 * @param input      Receives the handle. Owned by the caller: give it back with
 *                   camera_input_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made; the camera may be absent all the same.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, manager is no live manager, or
 *                                        camera_id is no id of its cameras.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_input_open(), camera_manager_create_input_by_position()
 */
CAMERA_API
int32_t camera_manager_create_input(struct camera_manager *manager,
                                    const char *camera_id,
                                    struct camera_input **input);

/**
 * Makes an input for the first camera with a position and a type.
 *
 * @param manager      The manager.
 * @param position     One of camera_position. V4L2 drivers of webcams do not tell a position:
 *                     those cameras are CAMERA_POSITION_UNSPECIFIED.
 * @param camera_type  One of camera_type. V4L2 cameras are CAMERA_TYPE_DEFAULT.
 * @param input        Receives the handle. Owned by the caller: give it back with
 *                     camera_input_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL, manager is no live manager, position or
 *                                          camera_type is unknown.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR There is no such camera.
 *
 * @par Threading
 *   Thread-safe. Waits for drivers to answer.
 *
 * @since 0.1
 * @see camera_manager_create_input()
 */
CAMERA_API
int32_t camera_manager_create_input_by_position(struct camera_manager *manager,
                                                int32_t position,
                                                int32_t camera_type,
                                                struct camera_input **input);

/**
 * Opens the camera. Blocks; see camera_input_open_async(). An input that is open stays open, and answers
 * CAMERA_OK, also when its camera has gone since: that is told by its listeners and by commit.
 *
 * @param input  The input.
 *
 * @retval CAMERA_OK                          Open.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      input is NULL or never was an input.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The process may not open the device.
 * @retval CAMERA_ERROR_CONFLICT_CAMERA       Another process has it exclusively.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input was closed or released; or the driver failed.
 *
 * @par State
 *   Not opened yet, or open. A closed input cannot be opened again.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this input that were called before, and for the
 *   device.
 *
 * @since 0.1
 * @see camera_input_close(), camera_input_open_async()
 */
CAMERA_API
int32_t camera_input_open(struct camera_input *input);

/**
 * Opens the camera without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does. Operations of one input run
 * one at a time, in the order of the calls.
 *
 * @param input       The input. It may be released meanwhile.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_input_open().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_input_open()
 */
CAMERA_API
int32_t camera_input_open_async(struct camera_input *input,
                                camera_completion_fn completion,
                                void *user_data);

/**
 * Closes the camera, for good: a closed input is not opened again. A session that uses it
 * loses its stream; its state does not change, its next stop answers
 * CAMERA_ERROR_SERVICE_FATAL_ERROR and becomes COMMITTED. Blocks; see camera_input_close_async().
 *
 * @param input  The input.
 *
 * @retval CAMERA_OK                        Closed. Also when it was never opened, and once after
 *                                          the session that used it was released, which closed
 *                                          the device.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is closed already, or released.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this input that were called before, and for the
 *   device to stop.
 *
 * @since 0.1
 * @see camera_input_open(), camera_input_release()
 */
CAMERA_API
int32_t camera_input_close(struct camera_input *input);

/**
 * Closes the camera without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param input       The input. It may be released meanwhile.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_input_close().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_input_close()
 */
CAMERA_API
int32_t camera_input_close_async(struct camera_input *input,
                                 camera_completion_fn completion,
                                 void *user_data);

/**
 * Gives an input back; it is closed if it was not, and its listeners end where completions run.
 *
 * @param input  The input. Its handle is released; every later call answers as for a closed
 *               input.
 *
 * @retval CAMERA_OK                      Released, now or before.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  input is NULL or never was an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this input that were called before, and for the
 *   device to stop.
 *
 * @since 0.1
 * @see camera_input_close()
 */
CAMERA_API
int32_t camera_input_release(struct camera_input *input);

/**
 * Registers a function for what an input tells: its device failed, a control changed.
 *
 * ERROR is told once when the stream of a session that uses the input ends by itself, and once,
 * with CAMERA_ERROR_DEVICE_DISABLED, when the device of the open input is gone, whether or not
 * anything streams. If the device is gone when the first listener is registered, that one is told.
 * What the application does itself, closing the input included, is no event.
 *
 * While an input has a listener its manager watches for cameras that come and go, with the limits
 * that camera_manager_add_listener() tells.
 *
 * @param input      The input.
 * @param callback   Receives the events. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its input.
 *                   May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_input_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or input never was an input.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is released; or the devices could not be
 *                                          enumerated or not be watched, see
 *                                          camera_manager_add_listener().
 *
 * @par State
 *   Any. Events from before are not told.
 *
 * @par Threading
 *   Thread-safe. Waits for drivers to answer when nothing listened before; usually a few
 *   milliseconds.
 *
 * @since 0.1
 * @see camera_input_remove_listener(), camera_manager_add_listener()
 */
CAMERA_API
int32_t camera_input_add_listener(struct camera_input *input,
                                  camera_input_event_fn callback,
                                  void *user_data,
                                  camera_destroy_fn destroy,
                                  uint64_t *listener);

/**
 * Removes a listener. When this returns the listener is not running and never will be again;
 * called from inside it, that call is its last.
 *
 * @param input     The input.
 * @param listener  The number from camera_input_add_listener().
 *
 * @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
 *                                          listener returns when called from inside it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input is NULL or never was an input, or it has no such
 *                                          listener.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is released, and its listeners with it.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the listener that is running on another thread.
 *
 * @since 0.1
 * @see camera_input_add_listener()
 */
CAMERA_API
int32_t camera_input_remove_listener(struct camera_input *input,
                                     uint64_t listener);

/**
 * Describes the control of a camera that has the next higher id. Begin with 0, and go on with the id
 * that was written, until that is 0.
 *
 * @param input  The input. It must be open.
 * @param after  The id of the control before; 0 for the first.
 * @param info   Filled; id is 0 when there are no more, also of a driver that has none. Its size must be set. Must not be NULL.
 *
 * @retval CAMERA_OK                            Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; info is NULL or has a wrong size.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   It is a camera that cannot have controls (a replay).
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this input that were called before, and for the driver to
 *   answer.
 *
 * @since 0.1
 * @see camera_input_describe_control(), camera_input_get_control()
 */
CAMERA_API
int32_t camera_input_get_next_control(struct camera_input *input,
                                      uint32_t after,
                                      struct camera_control_info *info);

/**
 * Describes one control of a camera, as it is at this moment.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param info   Filled. Its size must be set. Must not be NULL.
 *
 * @retval CAMERA_OK                            Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; info is NULL or has a wrong size.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_get_next_control()
 */
CAMERA_API
int32_t camera_input_describe_control(struct camera_input *input,
                                      uint32_t id,
                                      struct camera_control_info *info);

/**
 * The number of items in a control's menu.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param count  Receives the number; 0 for a control without a menu. Must not be NULL.
 *
 * @retval CAMERA_OK                            Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input, or count is NULL.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_get_control_menu_item()
 */
CAMERA_API
int32_t camera_input_get_control_menu_count(struct camera_input *input,
                                            uint32_t id,
                                            uint32_t *count);

/**
 * Describes one item of a control's menu.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param nth    Which of its items, from 0 to below what camera_input_get_control_menu_count() says.
 * @param item   Filled. Its size must be set. Must not be NULL.
 *
 * @retval CAMERA_OK                            Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; item is NULL or has a wrong size;
 *                                              nth is beyond the end.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_get_control_menu_count()
 */
CAMERA_API
int32_t camera_input_get_control_menu_item(struct camera_input *input,
                                           uint32_t id,
                                           uint32_t nth,
                                           struct camera_control_menu_item *item);

/**
 * The value of a control at this moment.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param value  Receives the number, the index of the menu's item, 0 or 1, or the bits. Must not be NULL.
 *
 * @retval CAMERA_OK                            Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; value is NULL; the control is a
 *                                              text.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be read.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_set_control(), camera_input_get_control_text()
 */
CAMERA_API
int32_t camera_input_get_control(struct camera_input *input,
                                 uint32_t id,
                                 int64_t *value);

/**
 * Sets a control. Nothing is rounded: a value that the control does not take is refused.
 *
 * The control families of camera_session set V4L2's controls too: what is set here, they see.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param value  The number, the index of the menu's item, 0 or 1, or the bits; anything for a button.
 *
 * @retval CAMERA_OK                            Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; the control does not take the
 *                                              value, or is a text.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be set (now).
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_get_control(), camera_input_set_control_text()
 */
CAMERA_API
int32_t camera_input_set_control(struct camera_input *input,
                                 uint32_t id,
                                 int64_t value);

/**
 * The text of a control, cut off at a character to fit.
 *
 * @param input      The input. It must be open.
 * @param id         The control's id.
 * @param text       Receives the text, in UTF-8 with a NUL. Must not be NULL.
 * @param text_size  Bytes that text has room for, at least 1.
 * @param needed     Receives the bytes that the whole text needs, with its NUL. May be NULL.
 *
 * @retval CAMERA_OK                            Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; text is NULL or has no room; the
 *                                              control is no text.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be read.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_set_control_text()
 */
CAMERA_API
int32_t camera_input_get_control_text(struct camera_input *input,
                                      uint32_t id,
                                      char *text,
                                      size_t text_size,
                                      size_t *needed);

/**
 * Sets the text of a control.
 *
 * @param input  The input. It must be open.
 * @param id     The control's id.
 * @param text   The text, in UTF-8, at most 4096 bytes. Read during the call only. Must not be NULL.
 *
 * @retval CAMERA_OK                            Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input; text is NULL, no UTF-8, too short or
 *                                              too long; the control is no text.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control, or it cannot be set (now).
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver failed.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_get_control_text()
 */
CAMERA_API
int32_t camera_input_set_control_text(struct camera_input *input,
                                      uint32_t id,
                                      const char *text);

/**
 * Has the listeners of an input told when a control changes, by another process or by the camera itself
 * (CAMERA_INPUT_EVENT_TYPE_CONTROL). What this process sets is not told, but what other controls become
 * by it is. Volatile controls change without being told.
 *
 * @param input  The input. It must be open. Closing it ends its watches; a camera that comes back to a
 *               session (camera_session_options.reattach) is watched again.
 * @param id     The control's id.
 * @param watch  Whether to tell. To say it twice is the same as once.
 *
 * @retval CAMERA_OK                            Done.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        input never was an input.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no such control.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is not open; or the driver cannot tell of changes.
 *
 * @par Threading
 *   As camera_input_get_next_control().
 *
 * @since 0.1
 * @see camera_input_add_listener()
 */
CAMERA_API
int32_t camera_input_watch_control(struct camera_input *input,
                                   uint32_t id,
                                   bool watch);

/**
 * What is known of the camera of an open input: its maker, its sensor, its lens. Position and
 * orientation are in camera_description.
 *
 * @param input  The input. It must be open.
 * @param facts  Filled. Its size must be set. Must not be NULL.
 *
 * @retval CAMERA_OK                        Filled, with zeros for what is not known.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    input never was an input; facts is NULL or has a wrong size.
 * @retval CAMERA_ERROR_DEVICE_DISABLED     The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The input is not open.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this input that were called before, and for the driver to
 *   answer.
 *
 * @since 0.1
 * @see camera_list_get(), camera_input_get_next_control()
 */
CAMERA_API
int32_t camera_input_get_facts(struct camera_input *input,
                               struct camera_facts *facts);

/**
 * Makes a surface.
 *
 * @param manager  The manager.
 * @param options  How; NULL for the defaults. Read during the call only.
 * @param surface  Receives the handle. Owned by the caller: give it back with
 *                 camera_surface_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  surface is NULL, manager is no live manager, or an
 *                                        option is out of its range.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_surface_set_callback(), camera_surface_acquire()
 */
CAMERA_API
int32_t camera_manager_create_surface(struct camera_manager *manager,
                                      const struct camera_surface_options *options,
                                      struct camera_surface **surface);

/**
 * Makes a function the surface's consumer, or takes it away again. When this returns, the
 * consumer that was there before is not running and never will be again; called from inside
 * it, that call is its last.
 *
 * @param surface    The surface.
 * @param callback   Receives the frames, beginning with those that wait; NULL for none, so that
 *                   camera_surface_acquire() takes them.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the callback is not needed any more: replaced,
 *                   taken away, or its surface released. May be NULL. Not called when this
 *                   function fails.
 *
 * @retval CAMERA_OK                          Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      surface is NULL, released or not a surface.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, which takes its frames.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No thread could be had to call it.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the earlier consumer that is running on another thread.
 *
 * @since 0.1
 * @see camera_surface_acquire()
 */
CAMERA_API
int32_t camera_surface_set_callback(struct camera_surface *surface,
                                    camera_frame_fn callback,
                                    void *user_data,
                                    camera_destroy_fn destroy);

/**
 * Takes the oldest frame that waits, or waits for one.
 *
 * @param surface     The surface.
 * @param timeout_ms  Milliseconds to wait for a frame; 0 does not wait, a negative number waits
 *                    until there is one or the surface is released.
 * @param frame       Receives the frame, or NULL when none came in time. A frame is owned by the
 *                    caller: give it back with camera_frame_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                          Taken, or *frame is NULL.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      frame is NULL, or surface is NULL, released or not a
 *                                            surface.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED The surface has a callback, or is that of a recorder.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The surface was released while this call waited.
 *
 * @par Threading
 *   Thread-safe. Waits for timeout_ms at most. Waiting inside a callback of the manager holds up
 *   what that thread would deliver.
 *
 * @since 0.1
 * @see camera_surface_get_fd()
 */
CAMERA_API
int32_t camera_surface_acquire(struct camera_surface *surface,
                               int32_t timeout_ms,
                               struct camera_frame **frame);

/**
 * A file descriptor that is readable while frames wait, for epoll, poll, GLib or libuv.
 *
 * @param surface  The surface.
 * @param fd       Receives the descriptor. Owned by the library: wait for it to be readable, do
 *                 not read, write or close it. Valid until the surface is released. Must not be
 *                 NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      fd is NULL, or surface is NULL, released or not a
 *                                            surface.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, which takes its frames.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No file descriptor could be had.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_surface_acquire()
 */
CAMERA_API
int32_t camera_surface_get_fd(struct camera_surface *surface,
                              int *fd);

/**
 * What became of the frames that arrived at a surface.
 *
 * @param surface     The surface.
 * @param statistics  Filled. Its size field says how much of it the program knows. Must not be
 *                    NULL.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  surface is NULL, released or not a surface; statistics
 *                                        is NULL or its size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_surface_get_statistics(struct camera_surface *surface,
                                      struct camera_surface_statistics *statistics);

/**
 * Gives a surface back. Frames that wait are let go; frames that were taken stay valid until
 * they are released. Outputs that send to it go on without it.
 *
 * @param surface  The surface. Its handle is released.
 *
 * @retval CAMERA_OK                          Released; its callback is not running, and its destroy
 *                                            function has run (from inside the callback: runs as
 *                                            it returns).
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      surface is NULL, released or not a surface.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is the surface of a recorder, with which it is
 *                                            released.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the callback that is running on another thread. Threads in
 *   camera_surface_acquire() return.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_surface_release(struct camera_surface *surface);

/**
 * Makes a recorder, in state IDLE. Nothing is written before it starts.
 *
 * @param manager   The manager.
 * @param options   Where to and how. Read during the call only. Must not be NULL.
 * @param recorder  Receives the handle. Owned by the caller: give it back with
 *                  camera_recorder_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Made. Whether the file can be made is found out by
 *                                          camera_recorder_start().
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL; manager is no live manager; options
 *                                          has a wrong size, neither or both of path and fd, a path
 *                                          that is empty or too long, an fd that is not open, not
 *                                          open for writing, open with O_APPEND or no file (a pipe,
 *                                          a socket), or another option out of its range.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The fd cannot be duplicated: the process has too many.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_get_surface(), camera_recorder_start()
 */
CAMERA_API
int32_t camera_manager_create_recorder(struct camera_manager *manager,
                                       const struct camera_recorder_options *options,
                                       struct camera_recorder **recorder);

/**
 * The surface whose frames are recorded, to be given to a preview or video output. That is told
 * at once when the file cannot hold the output's format. Give it to one output only: a file holds
 * frames of one format and size, in the order in which they come.
 *
 * Its counts can be read with camera_surface_get_statistics(). Its frames are the recorder's:
 * camera_surface_set_callback(), camera_surface_acquire(), camera_surface_get_fd() and
 * camera_surface_release() answer CAMERA_ERROR_OPERATION_NOT_ALLOWED and change nothing.
 *
 * @param recorder  The recorder.
 * @param surface   Receives the handle, the same each time. Owned by the recorder, with which it is
 *                  released. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    surface is NULL, or recorder is NULL or never was a
 *                                          recorder.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_manager_create_video_output()
 */
CAMERA_API
int32_t camera_recorder_get_surface(struct camera_recorder *recorder,
                                    struct camera_surface **surface);

/**
 * The state of a recorder at this moment. Operations that are under way or queued may change it
 * at once.
 *
 * @param recorder  The recorder, released or not.
 * @param state     Receives one of camera_recorder_state. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or recorder never was a recorder.
 *
 * @par Threading
 *   Thread-safe; never blocks, and does not wait for operations or for the disk.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_recorder_get_state(struct camera_recorder *recorder,
                                  int32_t *state);

/**
 * What was recorded so far, or in all. After a release the STOPPED event has the final counts.
 *
 * @param recorder    The recorder.
 * @param statistics  Filled. Its size field says how much of it the program knows. Must not be
 *                    NULL.
 *
 * @retval CAMERA_OK                        Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder; statistics is
 *                                          NULL or its size is wrong.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
 *
 * @par Threading
 *   Thread-safe; never blocks, and does not wait for operations or for the disk.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_recorder_get_statistics(struct camera_recorder *recorder,
                                       struct camera_recorder_statistics *statistics);

/**
 * Registers a function for what happens to the recording: that it failed, and that the file is
 * finished.
 *
 * @param recorder   The recorder.
 * @param callback   Told about each event, in order. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its recorder:
 *                   then behind the last event, where completions run. May be NULL. Not called
 *                   when this function fails.
 * @param listener   Receives a number for camera_recorder_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    callback or listener is NULL, or recorder is NULL or
 *                                          never was a recorder.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_remove_listener()
 */
CAMERA_API
int32_t camera_recorder_add_listener(struct camera_recorder *recorder,
                                     camera_recorder_event_fn callback,
                                     void *user_data,
                                     camera_destroy_fn destroy,
                                     uint64_t *listener);

/**
 * Removes a listener. When this returns the listener is not running and never will be again;
 * called from inside it, that call is its last.
 *
 * @param recorder  The recorder.
 * @param listener  The number from camera_recorder_add_listener().
 *
 * @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
 *                                          listener returns when called from inside it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or it has no
 *                                          such listener.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder is released; its listeners end by
 *                                          themselves.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the listener that is running on another thread.
 *
 * @since 0.1
 * @see camera_recorder_add_listener()
 */
CAMERA_API
int32_t camera_recorder_remove_listener(struct camera_recorder *recorder,
                                        uint64_t listener);

/**
 * Makes the file, or empties the one that was given, and records the frames that arrive from now
 * on. The first frame decides the format and the size. The output has a start of its own, before or
 * after this one: camera_output_start(). Blocks; see camera_recorder_start_async().
 *
 * @param recorder  The recorder.
 *
 * @retval CAMERA_OK                          Recording.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder; the path names
 *                                            a folder, or something in one that does not exist, or
 *                                            no file; the fd was opened with O_APPEND meanwhile. It
 *                                            may be started again when that is repaired.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It was started before; or the file may not be written by
 *                                            this user.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or the file cannot be made for
 *                                            another reason, which the detail tells.
 *
 * @par State
 *   IDLE; becomes RECORDING. On failure it stays IDLE.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this recorder that were called before, and for the
 *   file to be made.
 *
 * @since 0.1
 * @see camera_recorder_stop()
 */
CAMERA_API
int32_t camera_recorder_start(struct camera_recorder *recorder);

/**
 * Starts recording without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param recorder    The recorder.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
 *                                          NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_recorder_start().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_start()
 */
CAMERA_API
int32_t camera_recorder_start_async(struct camera_recorder *recorder,
                                    camera_completion_fn completion,
                                    void *user_data);

/**
 * Lets the frames go that arrive from now on; those that arrived before are written. In the file
 * there is no gap: the next frame follows the last one as if no time went by. Blocks; see
 * camera_recorder_pause_async().
 *
 * @param recorder  The recorder.
 *
 * @retval CAMERA_OK                          Paused.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is not recording.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
 *                                            before or just now, and the detail tells why.
 *
 * @par State
 *   RECORDING; becomes PAUSED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this recorder that were called before, and for the
 *   disk.
 *
 * @since 0.1
 * @see camera_recorder_resume()
 */
CAMERA_API
int32_t camera_recorder_pause(struct camera_recorder *recorder);

/**
 * Pauses a recording without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param recorder    The recorder.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
 *                                          NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_recorder_pause().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_pause()
 */
CAMERA_API
int32_t camera_recorder_pause_async(struct camera_recorder *recorder,
                                    camera_completion_fn completion,
                                    void *user_data);

/**
 * Records again, from the next frame that arrives on. Blocks; see camera_recorder_resume_async().
 *
 * @param recorder  The recorder.
 *
 * @retval CAMERA_OK                          Recording.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is not paused.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
 *                                            and the detail tells why.
 *
 * @par State
 *   PAUSED; becomes RECORDING.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this recorder that were called before; never for the
 *   disk.
 *
 * @since 0.1
 * @see camera_recorder_pause()
 */
CAMERA_API
int32_t camera_recorder_resume(struct camera_recorder *recorder);

/**
 * Resumes a recording without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param recorder    The recorder.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
 *                                          NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_recorder_resume().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_resume()
 */
CAMERA_API
int32_t camera_recorder_resume_async(struct camera_recorder *recorder,
                                     camera_completion_fn completion,
                                     void *user_data);

/**
 * Writes what has arrived, finishes the file (index, duration, sizes), waits until it is on the
 * disk, and closes it. A recording without a frame leaves an empty file. Listeners are told before
 * this is done. The output goes on, and its frames are let go. Blocks; see
 * camera_recorder_stop_async().
 *
 * @param recorder  The recorder.
 *
 * @retval CAMERA_OK                          The file is complete.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It is neither recording nor paused.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The recorder is released; or recording ended by itself,
 *                                            before or just now, and the detail tells why: the file
 *                                            has what could be written.
 *
 * @par State
 *   RECORDING or PAUSED; becomes STOPPED, or FAILED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this recorder that were called before, and for the
 *   disk.
 *
 * @since 0.1
 * @see camera_recorder_get_statistics(), camera_recorder_add_listener()
 */
CAMERA_API
int32_t camera_recorder_stop(struct camera_recorder *recorder);

/**
 * Stops recording without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param recorder    The recorder.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
 *                                          NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_recorder_stop().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_stop()
 */
CAMERA_API
int32_t camera_recorder_stop_async(struct camera_recorder *recorder,
                                   camera_completion_fn completion,
                                   void *user_data);

/**
 * Gives a recorder back, and its surface with it. A recording is finished as camera_recorder_stop()
 * does; whether that succeeded is told to the listeners. The output that sends to its surface goes
 * on without it. Blocks; see camera_recorder_release_async().
 *
 * @param recorder  The recorder. Afterwards the handle stays harmless: everything but
 *                  camera_recorder_get_state() answers CAMERA_ERROR_SERVICE_FATAL_ERROR, for ever.
 *
 * @retval CAMERA_OK                          Released, and its file is closed. Its listeners hear what
 *                                            happened until then, and end.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      recorder is NULL or never was a recorder.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is released already.
 *
 * @par State
 *   Any; becomes RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this recorder that were called before, and for the
 *   disk.
 *
 * @since 0.1
 * @see camera_recorder_stop()
 */
CAMERA_API
int32_t camera_recorder_release(struct camera_recorder *recorder);

/**
 * Gives a recorder back without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param recorder    The recorder.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    recorder is NULL or never was a recorder, or completion is
 *                                          NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The recorder and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_recorder_release().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_recorder_release()
 */
CAMERA_API
int32_t camera_recorder_release_async(struct camera_recorder *recorder,
                                      camera_completion_fn completion,
                                      void *user_data);

/**
 * Adds a reference to a frame, for example to keep it beyond the callback that received it.
 * Each is given back with camera_frame_release().
 *
 * @param frame  The frame.
 *
 * @retval CAMERA_OK                        Added.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    frame is NULL, released or not a frame.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It has 4294967295 references.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_frame_release()
 */
CAMERA_API
int32_t camera_frame_retain(struct camera_frame *frame);

/**
 * Gives a reference back. With the last one the frame's memory goes back to its camera, or
 * ends if that is gone.
 *
 * @param frame  The frame.
 *
 * @retval CAMERA_OK                      Given back.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame.
 *
 * @par Threading
 *   Thread-safe; does not wait for other calls.
 *
 * @since 0.1
 * @see camera_frame_retain()
 */
CAMERA_API
int32_t camera_frame_release(struct camera_frame *frame);

/**
 * Format, size, time and number of a frame.
 *
 * @param frame  The frame.
 * @param info   Filled. Its size field says how much of it the program knows. Must not be NULL.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame; info is NULL or
 *                                        its size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_frame_get_plane()
 */
CAMERA_API
int32_t camera_frame_get_info(struct camera_frame *frame,
                              struct camera_frame_info *info);

/**
 * The bytes of one plane.
 *
 * @param frame  The frame.
 * @param index  Which, from 0.
 * @param plane  Filled. Its size field says how much of it the program knows. Must not be NULL.
 *               plane->data is valid as long as the caller's reference to the frame.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  frame is NULL, released or not a frame; index is beyond
 *                                        its planes; plane is NULL or its size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_frame_get_info()
 */
CAMERA_API
int32_t camera_frame_get_plane(struct camera_frame *frame,
                               uint32_t index,
                               struct camera_plane *plane);

/**
 * Adds a reference to a photo, for example to keep it beyond the listener that received it.
 *
 * @param photo  The photo.
 *
 * @retval CAMERA_OK                        Added.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    photo is NULL, released or not a photo.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It has 4294967295 references.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_photo_release()
 */
CAMERA_API
int32_t camera_photo_retain(struct camera_photo *photo);

/**
 * Gives a reference to a photo back.
 *
 * @param photo  The photo.
 *
 * @retval CAMERA_OK                      Given back.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  photo is NULL, released or not a photo.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_photo_retain()
 */
CAMERA_API
int32_t camera_photo_release(struct camera_photo *photo);

/**
 * Size, time and bytes of a photo.
 *
 * @param photo  The photo.
 * @param info   Filled. Its size field says how much of it the program knows. Must not be NULL.
 *               info->data is valid as long as the caller's reference to the photo.
 *
 * @retval CAMERA_OK                      Filled.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  photo is NULL, released or not a photo; info is NULL or
 *                                        its size is wrong.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_photo_save()
 */
CAMERA_API
int32_t camera_photo_get_info(struct camera_photo *photo,
                              struct camera_photo_info *info);

/**
 * Writes a photo to a file, replacing one that is there. When this fails, for example because the
 * disk is full, the file that is there stays as it was.
 *
 * @param photo  The photo.
 * @param path   The file, at most 4095 bytes. Read during the call only. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    photo is NULL, released or not a photo; path is NULL, empty
 *                                          or too long, names a folder, or something in one that
 *                                          does not exist.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  This user may not write there.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The file could not be written, for example because the disk
 *                                          is full; the detail says why.
 *
 * @par Threading
 *   Thread-safe. Waits for the disk.
 *
 * @since 0.1
 * @see camera_photo_get_info()
 */
CAMERA_API
int32_t camera_photo_save(struct camera_photo *photo,
                          const char *path);

/**
 * Makes a preview output: frames flow to its surface while its session is started.
 *
 * @param manager  The manager.
 * @param profile  Format and size, one that the camera offers: see
 *                 camera_capability_get_profile(). Whether it does is checked when the output is
 *                 added to a session. Read during the call only. NULL: the session that it is
 *                 added to decides, as camera_session_preconfig() told it.
 * @param surface  Where frames go. Must not be NULL; see
 *                 camera_manager_create_deferred_preview_output().
 * @param output   Receives the handle. Owned by the caller: give it back with
 *                 camera_output_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
 *                                        handle; the profile has a
 *                                        wrong struct size, a size of zero, a format that no
 *                                        preview can have or that the file of the recorder whose
 *                                        surface this is cannot hold, or frame rates.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
 *                                        surface is a recorder's, which has an output already.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_add_output()
 */
CAMERA_API
int32_t camera_manager_create_preview_output(struct camera_manager *manager,
                                             const struct camera_profile *profile,
                                             struct camera_surface *surface,
                                             struct camera_output **output);

/**
 * Makes a preview output that gets its surface later, from camera_output_add_deferred_surface().
 * It can be added, committed and started without one; its frames are then dropped.
 *
 * @param manager  The manager.
 * @param profile  Format and size, or NULL, as for camera_manager_create_preview_output(). Read
 *                 during the call only.
 * @param output   Receives the handle. Owned by the caller: give it back with
 *                 camera_output_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  As camera_manager_create_preview_output().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_add_deferred_surface()
 */
CAMERA_API
int32_t camera_manager_create_deferred_preview_output(struct camera_manager *manager,
                                                      const struct camera_profile *profile,
                                                      struct camera_output **output);

/**
 * Makes a photo output: each capture gives one JPEG picture.
 *
 * @param manager  The manager.
 * @param profile  CAMERA_FORMAT_JPEG and a size; or NULL, as for
 *                 camera_manager_create_preview_output(). Read during the call only.
 * @param surface  Where pictures go as frames of CAMERA_FORMAT_JPEG. May be NULL: photos then go
 *                 to listeners and to camera_output_take_photo() alone.
 * @param output   Receives the handle. Owned by the caller: give it back with
 *                 camera_output_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
 *                                        handle; the profile has a
 *                                        wrong struct size, a size of zero, another format, or
 *                                        frame rates; the surface is that of a recorder whose file
 *                                        cannot hold JPEG.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
 *                                        surface is a recorder's, which has an output already.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_take_photo(), camera_output_capture(), camera_output_add_photo_listener()
 */
CAMERA_API
int32_t camera_manager_create_photo_output(struct camera_manager *manager,
                                           const struct camera_profile *profile,
                                           struct camera_surface *surface,
                                           struct camera_output **output);

/**
 * Makes a video output: frames flow to its surface between its own start and stop.
 *
 * @param manager  The manager.
 * @param profile  Format, size and range of frame rates; or NULL, as for
 *                 camera_manager_create_preview_output(). Read during the call only.
 * @param surface  Where frames go. Must not be NULL.
 * @param output   Receives the handle. Owned by the caller: give it back with
 *                 camera_output_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument but profile is NULL or no live
 *                                        handle; the profile has a
 *                                        wrong struct size, a size of zero, a format that no
 *                                        video can have or that the file of the recorder whose
 *                                        surface this is cannot hold, or no range of frame rates.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED
 *                                        surface is a recorder's, which has an output already.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_start()
 */
CAMERA_API
int32_t camera_manager_create_video_output(struct camera_manager *manager,
                                           const struct camera_profile *profile,
                                           struct camera_surface *surface,
                                           struct camera_output **output);

/**
 * Gives a preview output that was made without a surface its surface, once.
 *
 * @param output   A preview output from camera_manager_create_deferred_preview_output().
 * @param surface  Where frames go from now on. Must not be NULL.
 *
 * @retval CAMERA_OK                          Set; frames flow to it if the session runs.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      output is NULL or never was an output, or is no
 *                                            preview; surface is NULL, released or no surface, or
 *                                            that of a recorder whose file cannot hold the format.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED It has a surface already.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The output is released.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_output_add_deferred_surface(struct camera_output *output,
                                           struct camera_surface *surface);

/**
 * Starts a video or a metadata output, or a preview that was stopped (or whose session is not
 * started). Blocks; see camera_output_start_async().
 *
 * @param output  A preview, video or metadata output.
 *
 * @retval CAMERA_OK                        Frames flow.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo output.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Nothing detects what the metadata output is to tell of:
 *                                          see camera_manager_set_detector().
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  It is in no session, the session is not committed, or
 *                                          the output is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED     The input was closed, or the device is gone.
 * @retval CAMERA_ERROR_CONFLICT_CAMERA     Another process streams from the device.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It runs already; or the driver refused.
 *
 * @par State
 *   The session is COMMITTED or STARTED; its state does not change.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 * @see camera_output_stop()
 */
CAMERA_API
int32_t camera_output_start(struct camera_output *output);

/**
 * Starts a preview, video or metadata output without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param output      A preview, video or metadata output.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                       Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT   output is NULL or never was an output, or completion is NULL.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG The output and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_output_start().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_start()
 */
CAMERA_API
int32_t camera_output_start_async(struct camera_output *output,
                                  camera_completion_fn completion,
                                  void *user_data);

/**
 * Stops a preview or video output. Blocks; see camera_output_stop_async().
 *
 * @param output  A preview, video or metadata output.
 *
 * @retval CAMERA_OK                        No more frames are captured for it. Those that wait in
 *                                          its surface stay there.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It does not run; it is in no session, the session is not
 *                                          committed, or the output is released; or the stream had
 *                                          ended by itself.
 *
 * @par State
 *   The session is COMMITTED or STARTED; its state does not change.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 * @see camera_output_start()
 */
CAMERA_API
int32_t camera_output_stop(struct camera_output *output);

/**
 * Stops a preview, video or metadata output without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param output      A preview, video or metadata output.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_output_stop().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_stop()
 */
CAMERA_API
int32_t camera_output_stop_async(struct camera_output *output,
                                 camera_completion_fn completion,
                                 void *user_data);

/**
 * Narrows the frame rate of a preview or video output. A running stream is interrupted for a
 * moment.
 *
 * @param output          A preview or video output.
 * @param min_frame_rate  The slowest rate in frames per second, 1 or more.
 * @param max_frame_rate  The fastest, not below the slowest.
 *
 * @retval CAMERA_OK                        Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is a photo
 *                                          output; the range is empty, holds no rate that
 *                                          the camera has for this profile or reaches beyond
 *                                          them, or is set already.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, or released.
 * @retval CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS
 *                                          Another output of the session needs another rate.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The driver refused.
 *
 * @par State
 *   Any state but RELEASED of a session that has this output. Before commit the range is used by
 *   commit.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_output_set_frame_rate(struct camera_output *output,
                                     uint32_t min_frame_rate,
                                     uint32_t max_frame_rate);

/**
 * Gives an output back. It leaves its session; the session's next commit does without it.
 * Blocks; see camera_output_release_async().
 *
 * @param output  The output. Afterwards the handle stays harmless: start and what is about frame
 *                rates answer CAMERA_ERROR_SESSION_NOT_CONFIG, capture and take_photo
 *                CAMERA_ERROR_SESSION_NOT_RUNNING, all else CAMERA_ERROR_SERVICE_FATAL_ERROR, for
 *                ever.
 *
 * @retval CAMERA_OK                        Released. Captures that wait are cancelled. Its listeners
 *                                          hear what has happened until now and then end: they may
 *                                          be called after this has returned, until destroy is.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is released already.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of its session.
 *
 * @since 0.1
 * @see camera_session_remove_output()
 */
CAMERA_API
int32_t camera_output_release(struct camera_output *output);

/**
 * Gives an output back without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param output      The output.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_output_release().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_release()
 */
CAMERA_API
int32_t camera_output_release_async(struct camera_output *output,
                                    camera_completion_fn completion,
                                    void *user_data);

/**
 * How many ranges of frame rates the session's camera has for a preview or video output: each rate by
 * itself, fastest first, then spans from the slowest to the fastest.
 *
 * @param output  A preview or video output.
 * @param count   Receives the number. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    count is NULL; output is NULL, never was an output, or is
 *                                          no preview or video output.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, the session has no input, or
 *                                          the output is released.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The camera's modes cannot be read.
 *
 * @par State
 *   Any state but RELEASED of a session that has this output and an input.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the driver to
 *   answer when it is first asked.
 *
 * @since 0.1
 * @see camera_output_get_supported_frame_rate(), camera_output_set_frame_rate()
 */
CAMERA_API
int32_t camera_output_get_supported_frame_rate_count(struct camera_output *output,
                                                     uint32_t *count);

/**
 * One of the ranges of frame rates that the session's camera has for a preview or video output.
 *
 * @param output          A preview or video output.
 * @param index           Which, from 0.
 * @param min_frame_rate  Receives the slowest rate in frames per second. Must not be NULL.
 * @param max_frame_rate  Receives the fastest. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    A result is NULL; output is NULL, never was an output, or
 *                                          is no preview or video output; index is not below the
 *                                          count.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, the session has no input, or
 *                                          the output is released.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The camera's modes cannot be read.
 *
 * @par State
 *   As camera_output_get_supported_frame_rate_count().
 *
 * @par Threading
 *   As camera_output_get_supported_frame_rate_count().
 *
 * @since 0.1
 * @see camera_output_get_supported_frame_rate_count()
 */
CAMERA_API
int32_t camera_output_get_supported_frame_rate(struct camera_output *output,
                                               uint32_t index,
                                               uint32_t *min_frame_rate,
                                               uint32_t *max_frame_rate);

/**
 * The frame rate of a preview or video output: once committed, the one that the camera was asked for,
 * as both ends; before that the range that was set, or that the video's profile has.
 *
 * @param output          A preview or video output.
 * @param min_frame_rate  Receives the slowest rate in frames per second. Must not be NULL.
 * @param max_frame_rate  Receives the fastest. Must not be NULL. A camera that tells no rates and was
 *                        asked for none is written as 1 to 30.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    A result is NULL; output is NULL, never was an output, or
 *                                          is no preview or video output.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  The output is in no session, or released; or it is a
 *                                          preview for which no range was set, and commit has chosen
 *                                          none yet.
 *
 * @par State
 *   Any state but RELEASED of a session that has this output.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session.
 *
 * @since 0.1
 * @see camera_output_set_frame_rate()
 */
CAMERA_API
int32_t camera_output_get_active_frame_rate(struct camera_output *output,
                                            uint32_t *min_frame_rate,
                                            uint32_t *max_frame_rate);

/**
 * What a preview, photo or video output gives. The frame rates are those of the profile that it was
 * made with; camera_output_get_active_frame_rate() tells the present one.
 *
 * @param output   A preview, photo or video output.
 * @param profile  Receives format, size and, for a video, frame rates. Begin with
 *                 CAMERA_PROFILE_INIT. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    profile is NULL or has a wrong size; output is NULL, never
 *                                          was an output, or is a metadata output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released; or it was made without a profile, and
 *                                          is in no session.
 *
 * @par State
 *   Any, also in no session.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of its session.
 *
 * @since 0.1
 * @see camera_manager_create_preview_output()
 */
CAMERA_API
int32_t camera_output_get_active_profile(struct camera_output *output,
                                         struct camera_profile *profile);

/**
 * Can the pictures of a preview or video output be mirrored? All that the library can make: not
 * compressed ones (Motion-JPEG, H.264), nor those of several memories. Photos are mirrored one by one:
 * see camera_photo_settings.
 *
 * @param output     A preview or video output.
 * @param supported  Receives the answer, which depends on the output's format alone: false while it has
 *                   no profile. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    supported is NULL; output is NULL, never was an output, or
 *                                          is no preview or video output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par State
 *   Any, also in no session.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session.
 *
 * @since 0.1
 * @see camera_output_enable_mirror()
 */
CAMERA_API
int32_t camera_output_is_mirror_supported(struct camera_output *output,
                                          bool *supported);

/**
 * Changes left and right in the pictures of a preview or video output, or does so no more.
 *
 * In a committed or started session it is done at once: a running stream is interrupted for a moment,
 * as by camera_output_set_frame_rate(). Before that it is done by commit. It stays until it is changed,
 * over stop, start and configuration, whether the output runs or not. Mirrored frames are made
 * (CAMERA_FRAME_CONVERTED), which costs processor time. Areas of metadata outputs follow the first
 * preview.
 *
 * @param output   A preview or video output.
 * @param enabled  true to mirror.
 *
 * @retval CAMERA_OK                          Done, or it was so already.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      output is NULL, never was an output, or is no preview or
 *                                            video output.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED Pictures of its format cannot be mirrored.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The session is committed, and the camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The output is released; or the session is committed and its
 *                                            input was closed, or the driver refused.
 *
 * @par State
 *   Any, also in no session.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 * @see camera_output_is_mirror_supported(), camera_photo_settings
 */
CAMERA_API
int32_t camera_output_enable_mirror(struct camera_output *output,
                                    bool enabled);

/**
 * Registers a function for everything that an output tells: the frames of a preview or a video
 * begin and end, captures begin, are taken, and end, objects are found.
 *
 * Events of one output come in the order in which they happened. They are no measure of time:
 * frames go to surfaces by another way, and the first may be there before FRAME_START is told.
 *
 * @param output     The output.
 * @param callback   Receives the events. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its output.
 *                   May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_output_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL, or output never was an output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par State
 *   Any. Events from before are not told. With the release of the output, captures that wait are
 *   cancelled, and its listeners end behind the last event: they may still be called after the
 *   release has returned, until destroy is.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_remove_listener(), camera_output_add_photo_listener()
 */
CAMERA_API
int32_t camera_output_add_listener(struct camera_output *output,
                                   camera_output_event_fn callback,
                                   void *user_data,
                                   camera_destroy_fn destroy,
                                   uint64_t *listener);

/**
 * Reads the counts of an output.
 *
 * @param output      The output.
 * @param statistics  Receives them. Its size must be set. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output; statistics is
 *                                          NULL or has a wrong size.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par State
 *   Any. Counts go on over stop, start and configuration.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_surface_get_statistics()
 */
CAMERA_API
int32_t camera_output_get_statistics(struct camera_output *output,
                                     struct camera_output_statistics *statistics);

/**
 * Gives the library something that finds objects in frames, or takes it away. Linux cameras find
 * none themselves: without a detector the list of types in a capability is empty.
 *
 * Sessions that are committed from then on, and have a metadata output that tells of a type that
 * the detector finds, send it frames while that output runs. Those that were committed before go on
 * with what they have: begin, commit and start them again for another detector, which interrupts
 * their previews and videos.
 *
 * @param manager    The manager.
 * @param options    What it wants and finds; with detect NULL it may be NULL too. Read during the
 *                   call only.
 * @param detect     Finds the objects in a frame; NULL takes the detector away.
 * @param user_data  Passed to detect. Never read or freed by the library.
 * @param destroy    Called with user_data when no session uses the detector any more, at the latest
 *                   with the release of the manager; runs where completions run. May be NULL. Not
 *                   called when this function fails.
 *
 * @retval CAMERA_OK                      Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  manager is no live manager; options is NULL although detect
 *                                        is not, or has a wrong size; format, width, height or
 *                                        max_frame_rate is not possible; types is NULL, type_count not
 *                                        from 1 to 32, or one of the types unknown.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_manager_create_metadata_output(), camera_capability_get_metadata_type()
 */
CAMERA_API
int32_t camera_manager_set_detector(struct camera_manager *manager,
                                    const struct camera_detector_options *options,
                                    camera_detector_fn detect,
                                    void *user_data,
                                    camera_destroy_fn destroy);

/**
 * Makes an output that tells what is seen: objects of these types, as the event
 * CAMERA_OUTPUT_EVENT_TYPE_METADATA_OBJECTS_AVAILABLE, from its start to its stop. What sees them is
 * the detector of camera_manager_set_detector(), which must be there when the session is committed.
 *
 * Boxes are fractions of the picture that the session's first preview shows; without a preview, of
 * the camera's. Boxes that reach beyond it are cut off there. Objects that are not seen there, whose
 * box is empty or no number, or whose type is none of the output's, are not told of.
 *
 * @param manager     The manager.
 * @param types       Numbers of camera_metadata_object_type. Read during the call only.
 * @param type_count  How many, 1 to 32.
 * @param output      Receives the handle. Owned by the caller: give it back with
 *                    camera_output_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  types or output is NULL, manager is no live manager, there
 *                                        are no types or too many, or one is unknown.
 *
 * @par State
 *   Any session takes it once it has an input. Its start is refused with
 *   CAMERA_ERROR_OPERATION_NOT_ALLOWED when nothing detects its types.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_manager_set_detector(), camera_output_add_listener(), camera_output_start()
 */
CAMERA_API
int32_t camera_manager_create_metadata_output(struct camera_manager *manager,
                                              const int32_t *types,
                                              uint32_t type_count,
                                              struct camera_output **output);

/**
 * Adds types to those that a metadata output tells of.
 *
 * @param output      A metadata output.
 * @param types       Numbers of camera_metadata_object_type. Read during the call only.
 * @param type_count  How many, 1 to 32.
 *
 * @retval CAMERA_OK                        Added; those that were there already stay.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is no metadata
 *                                          output; types is NULL, or one of them unknown.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par State
 *   Any. A session that was committed while the detector found none of its types must be committed
 *   again.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_remove_metadata_types()
 */
CAMERA_API
int32_t camera_output_add_metadata_types(struct camera_output *output,
                                         const int32_t *types,
                                         uint32_t type_count);

/**
 * Takes types away from those that a metadata output tells of.
 *
 * @param output      A metadata output.
 * @param types       Numbers of camera_metadata_object_type. Read during the call only.
 * @param type_count  How many, 1 to 32.
 *
 * @retval CAMERA_OK                        Taken away; it does not matter whether they were there.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or is no metadata
 *                                          output; types is NULL, or one of them unknown.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par State
 *   Any.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_add_metadata_types()
 */
CAMERA_API
int32_t camera_output_remove_metadata_types(struct camera_output *output,
                                            const int32_t *types,
                                            uint32_t type_count);

/**
 * How many types of objects metadata outputs can tell of.
 *
 * @param capability  The capability.
 * @param count       Receives how many; 0 without a detector. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  count is NULL; capability is NULL, released or not a
 *                                        capability.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_capability_get_metadata_type(), camera_manager_set_detector()
 */
CAMERA_API
int32_t camera_capability_get_metadata_type_count(struct camera_capability *capability,
                                                  uint32_t *count);

/**
 * One of the types of objects that metadata outputs can tell of: what the detector finds that the
 * manager had when the capability was asked for.
 *
 * @param capability  The capability.
 * @param index       From 0 to the count less 1.
 * @param type        Receives the number, one of camera_metadata_object_type. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  type is NULL, index is too large; capability is NULL,
 *                                        released or not a capability.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_capability_get_metadata_type_count()
 */
CAMERA_API
int32_t camera_capability_get_metadata_type(struct camera_capability *capability,
                                            uint32_t index,
                                            int32_t *type);

/**
 * Asks for one photo, of the next frame. The photo, or why there is none, goes to the
 * output's listeners. Blocks until the capture is under way; see camera_output_capture_async().
 *
 * @param output    A photo output.
 * @param settings  How; NULL for the defaults. Read during the call only.
 *
 * @retval CAMERA_OK                         Under way: the listeners will be told, once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     output is NULL, never was an output, or is no photo
 *                                           output; a setting is out of range.
 * @retval CAMERA_ERROR_SESSION_NOT_RUNNING  The output is in no session, the session is not
 *                                           committed, or the output is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The input was closed, or the device is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The driver refused.
 *
 * @par State
 *   The session is COMMITTED or STARTED. In COMMITTED, or when nothing else runs, the device
 *   runs for the photo only.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session.
 *
 * @since 0.1
 * @see camera_output_take_photo(), camera_output_add_photo_listener()
 */
CAMERA_API
int32_t camera_output_capture(struct camera_output *output,
                              const struct camera_photo_settings *settings);

/**
 * Asks for one photo without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does. The completion says that the
 * capture is under way; the photo itself goes to the output's listeners.
 *
 * @param output      A photo output.
 * @param settings    How; NULL for the defaults. Read during the call only.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL or never was an output; a setting is out
 *                                          of range; completion is NULL.
 * @retval CAMERA_ERROR_SESSION_NOT_RUNNING The output and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_output_capture().
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_capture(), camera_output_add_photo_listener()
 */
CAMERA_API
int32_t camera_output_capture_async(struct camera_output *output,
                                    const struct camera_photo_settings *settings,
                                    camera_completion_fn completion,
                                    void *user_data);

/**
 * Takes one photo and waits for it: the simple way. Listeners are told as well.
 *
 * @param output      A photo output.
 * @param settings    How; NULL for the defaults. Read during the call only.
 * @param timeout_ms  Milliseconds to wait for the photo; a negative number waits as long as it
 *                    takes.
 * @param photo       Receives the photo. Owned by the caller: give it back with
 *                    camera_photo_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                         Taken.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     photo is NULL; output is NULL, never was an output, or
 *                                           is no photo output; a setting is out of range.
 * @retval CAMERA_ERROR_SESSION_NOT_RUNNING  The output is in no session, the session is not
 *                                           committed, or the output is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The input was closed, or the device is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  No photo in time: the capture goes on, and listeners get
 *                                           its photo; or the session was stopped meanwhile, the
 *                                           frame could not be encoded, or the driver refused.
 *
 * @par State
 *   As camera_output_capture().
 *
 * @par Threading
 *   Thread-safe. Waits for the photo. In any callback it works, and holds up what that thread
 *   would deliver.
 *
 * @since 0.1
 * @see camera_photo_save(), camera_output_capture()
 */
CAMERA_API
int32_t camera_output_take_photo(struct camera_output *output,
                                 const struct camera_photo_settings *settings,
                                 int32_t timeout_ms,
                                 struct camera_photo **photo);

/**
 * Registers a function for the output's photos. camera_output_add_listener() tells more.
 *
 * @param output     A photo output.
 * @param callback   Told about each capture, in the order of the captures. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its output.
 *                   May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_output_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    An argument is NULL; output never was an output, or is
 *                                          no photo output.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_output_remove_listener()
 */
CAMERA_API
int32_t camera_output_add_photo_listener(struct camera_output *output,
                                         camera_photo_fn callback,
                                         void *user_data,
                                         camera_destroy_fn destroy,
                                         uint64_t *listener);

/**
 * Removes a listener. When this returns the listener is not running and never will be again;
 * called from inside it, that call is its last.
 *
 * @param output    The output.
 * @param listener  The number from camera_output_add_listener() or
 *                  camera_output_add_photo_listener().
 *
 * @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
 *                                          listener returns when called from inside it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    output is NULL, never was an output, or has no such
 *                                          listener.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The output is released: its listeners end by themselves,
 *                                          which their destroy functions tell.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the listener that is running on another thread.
 *
 * @since 0.1
 * @see camera_output_add_photo_listener()
 */
CAMERA_API
int32_t camera_output_remove_listener(struct camera_output *output,
                                      uint64_t listener);

/**
 * Makes a session, in state INIT.
 *
 * @param manager  The manager.
 * @param mode     One of camera_scene_mode.
 * @param session  Receives the handle. Owned by the caller: give it back with
 *                 camera_session_release(). Must not be NULL.
 *
 * @retval CAMERA_OK                      Made.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, manager is no live manager, or
 *                                        mode is unknown.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_begin_config()
 */
CAMERA_API
int32_t camera_manager_create_session(struct camera_manager *manager,
                                      int32_t mode,
                                      struct camera_session **session);

/**
 * The state of a session at this moment. Operations that are under way or queued may change
 * it at once.
 *
 * @param session  The session, released or not.
 * @param state    Receives one of camera_session_state. Must not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL, or session never was a session.
 *
 * @par Threading
 *   Thread-safe; never blocks, and does not wait for operations.
 *
 * @since 0.1
 */
CAMERA_API
int32_t camera_session_get_state(struct camera_session *session,
                                 int32_t *state);

/**
 * Begins a configuration. A running session stops first; its input and outputs stay, to be
 * removed or committed again. A configuration cannot be abandoned, only committed, or the
 * session released.
 *
 * @param session  The session.
 *
 * @retval CAMERA_OK                          The session is in state CONFIG.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
 * @retval CAMERA_ERROR_SESSION_CONFIG_LOCKED A configuration was begun already, by any thread.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released.
 *
 * @par State
 *   INIT, COMMITTED or STARTED; becomes CONFIG. After commit the application starts the
 *   session, and its video outputs, again.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the
 *   device to stop.
 *
 * @since 0.1
 * @see camera_session_commit_config()
 */
CAMERA_API
int32_t camera_session_begin_config(struct camera_session *session);

/**
 * Commits the configuration: checks that the camera can serve every output from its one
 * stream, and programs the device. Blocks; see camera_session_commit_config_async().
 *
 * @param session  The session.
 *
 * @retval CAMERA_OK                          The session is in state COMMITTED.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun, or the session is released.
 * @retval CAMERA_ERROR_CONFLICT_CAMERA       Another process streams from the device.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The device is gone.
 * @retval CAMERA_ERROR_UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS
 *                                            Only the frame rates stand in the way.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   No input, no output, the input is not open; the
 *                                            aspect ratios of preview and video differ by more
 *                                            than 1 %; no stream serves every output; or the
 *                                            driver refused. The detail says which.
 *
 * @par State
 *   CONFIG; becomes COMMITTED. The input must be open; an open that is under way is waited for. On
 *   failure it stays CONFIG with input and outputs as they were,
 *   and the driver holds nothing: correct the configuration and commit again.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the
 *   device.
 *
 * @since 0.1
 * @see camera_session_commit_config_async()
 */
CAMERA_API
int32_t camera_session_commit_config(struct camera_session *session);

/**
 * Commits the configuration without blocking the caller.
 *
 * The call accepts or refuses. When it returns CAMERA_OK the commit takes its place behind the
 * session's earlier operations and completion runs exactly once. When it returns anything else
 * nothing was queued and completion never runs. A refusal because of the session's state is a
 * result and goes to completion.
 *
 * @param session     The session. It may be released meanwhile.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion. Never read or freed by the library; must stay valid
 *                    until completion has returned. May be NULL.
 *
 * @retval CAMERA_OK                      Accepted; completion will run.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  session is NULL or never was a session, or completion is NULL.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The session and its manager are released: nothing
 *                                        is left to run completion.
 *
 * @par Outcome passed to completion
 *   The codes of camera_session_commit_config().
 *
 * @par State
 *   As camera_session_commit_config(), when the operation runs.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_commit_config()
 */
CAMERA_API
int32_t camera_session_commit_config_async(struct camera_session *session,
                                           camera_completion_fn completion,
                                           void *user_data);

/**
 * Starts the session: its preview streams run. Video outputs wait for their own start, photos
 * for a capture. Blocks; see camera_session_start_async().
 *
 * @param session  The session.
 *
 * @retval CAMERA_OK                        The session is in state STARTED.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  No configuration is committed, or the session is released.
 * @retval CAMERA_ERROR_CONFLICT_CAMERA     Another process streams from the device.
 * @retval CAMERA_ERROR_DEVICE_DISABLED     The input was closed, or the device is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It runs already; or the driver refused, for example
 *                                          for lack of bandwidth on the bus.
 *
 * @par State
 *   COMMITTED; becomes STARTED, or stays COMMITTED on failure.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the
 *   device to start.
 *
 * @since 0.1
 * @see camera_session_stop(), camera_session_start_async()
 */
CAMERA_API
int32_t camera_session_start(struct camera_session *session);

/**
 * Starts the session without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param session     The session. It may be released meanwhile.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                       Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT   session is NULL or never was a session, or completion is NULL.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG The session and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_session_start().
 *
 * @par State
 *   As camera_session_start(), when the operation runs.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_start()
 */
CAMERA_API
int32_t camera_session_start_async(struct camera_session *session,
                                   camera_completion_fn completion,
                                   void *user_data);

/**
 * Stops the session: preview and video outputs stop, captures that wait are cancelled, each
 * with its event. Frames that wait in surfaces stay there. Blocks; see
 * camera_session_stop_async().
 *
 * @param session  The session.
 *
 * @retval CAMERA_OK                        The session is in state COMMITTED.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is not started; or a stream failed to stop, or
 *                                          had ended by itself, and the state is COMMITTED all
 *                                          the same.
 *
 * @par State
 *   STARTED; becomes COMMITTED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the
 *   device to stop. Callbacks of surfaces may still be running when it returns.
 *
 * @since 0.1
 * @see camera_session_start(), camera_session_stop_async()
 */
CAMERA_API
int32_t camera_session_stop(struct camera_session *session);

/**
 * Stops the session without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param session     The session. It may be released meanwhile.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_session_stop().
 *
 * @par State
 *   As camera_session_stop(), when the operation runs.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_stop()
 */
CAMERA_API
int32_t camera_session_stop_async(struct camera_session *session,
                                  camera_completion_fn completion,
                                  void *user_data);

/**
 * Releases the session: it stops, its device is closed, its outputs are free for other
 * sessions, and its listeners end behind their last event. Frames and photos that the application holds stay
 * valid. Its input is closed for good, if it was open: a later session needs a new one. To keep
 * an input, camera_session_remove_input() it first. Blocks; see camera_session_release_async().
 *
 * @param session  The session. Afterwards the handle stays harmless: every call on it answers
 *                 as the state RELEASED does, for ever.
 *
 * @retval CAMERA_OK                        The session is in state RELEASED.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR It is released already.
 *
 * @par State
 *   Any; becomes RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the
 *   device to stop.
 *
 * @since 0.1
 * @see camera_session_release_async()
 */
CAMERA_API
int32_t camera_session_release(struct camera_session *session);

/**
 * Releases the session without blocking the caller.
 *
 * Accepts or refuses as camera_session_commit_config_async() does.
 *
 * @param session     The session.
 * @param completion  Receives the result. Must not be NULL.
 * @param user_data   Passed to completion; must stay valid until it has returned. May be NULL.
 *
 * @retval CAMERA_OK                        Accepted; completion will run exactly once.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or completion is NULL.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session and its manager are released.
 *
 * @par Outcome passed to completion
 *   The codes of camera_session_release().
 *
 * @par State
 *   Any; becomes RELEASED when the operation runs.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_release()
 */
CAMERA_API
int32_t camera_session_release_async(struct camera_session *session,
                                     camera_completion_fn completion,
                                     void *user_data);

/**
 * Registers a function for the session's errors.
 *
 * @param session    The session.
 * @param callback   Told about errors. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its
 *                   session. May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_session_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session, callback or listener is NULL, or session
 *                                          never was a session.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_remove_listener(), camera_session_add_listener()
 */
CAMERA_API
int32_t camera_session_add_error_listener(struct camera_session *session,
                                          camera_error_fn callback,
                                          void *user_data,
                                          camera_destroy_fn destroy,
                                          uint64_t *listener);

/**
 * Could this input be added now?
 *
 * @param session  The session.
 * @param input    The input.
 * @param result   Receives true when a configuration is begun, the session has no input yet,
 *                 the input is not closed, and its device is in no other session. Must not be
 *                 NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; session never was a session, or
 *                                        input an input.
 *
 * @par State
 *   Any; false in every state but CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_add_input()
 */
CAMERA_API
int32_t camera_session_can_add_input(struct camera_session *session,
                                     struct camera_input *input,
                                     bool *result);

/**
 * Adds the session's one input. It need not be open yet; commit wants it open.
 *
 * @param session  The session.
 * @param input    The input. The session keeps its own reference until it is removed.
 *
 * @retval CAMERA_OK                          Added.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, input is
 *                                            NULL or never was an input.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun; or the camera is in
 *                                            another session of this process.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The input is closed or released.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session has an input already.
 *
 * @par State
 *   CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_remove_input(), camera_session_can_add_input()
 */
CAMERA_API
int32_t camera_session_add_input(struct camera_session *session,
                                 struct camera_input *input);

/**
 * Removes the session's input. It stays open, and the outputs stay in the session.
 *
 * @param session  The session.
 * @param input    The input, released or not.
 *
 * @retval CAMERA_OK                          Removed.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, input is
 *                                            NULL or never was an input.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is not this session's input.
 *
 * @par State
 *   CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_add_input()
 */
CAMERA_API
int32_t camera_session_remove_input(struct camera_session *session,
                                    struct camera_input *input);

/**
 * Could this output be added now?
 *
 * @param session  The session.
 * @param output   The output.
 * @param result   Receives true when a configuration is begun, the session has an input, its
 *                 camera offers the output's profile, and the output is neither released nor in
 *                 another session. An output that is in this session already answers true. Must
 *                 not be NULL.
 *
 * @retval CAMERA_OK                      Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT  An argument is NULL; session never was a session, or
 *                                        output an output.
 *
 * @par State
 *   Any; false in every state but CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and the
 *   first time for the driver to list its modes.
 *
 * @since 0.1
 * @see camera_session_add_output()
 */
CAMERA_API
int32_t camera_session_can_add_output(struct camera_session *session,
                                      struct camera_output *output,
                                      bool *result);

/**
 * Adds an output.
 *
 * @param session  The session.
 * @param output   The output. The session keeps its own reference until it is removed.
 *
 * @retval CAMERA_OK                          Added.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, output is
 *                                            NULL or never was an output.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session has no input; its camera does not offer
 *                                            the profile; the output is in a session already,
 *                                            or released.
 *
 * @par State
 *   CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and the
 *   first time for the driver to list its modes.
 *
 * @since 0.1
 * @see camera_session_remove_output(), camera_session_can_add_output()
 */
CAMERA_API
int32_t camera_session_add_output(struct camera_session *session,
                                  struct camera_output *output);

/**
 * Removes an output; it can be added again, here or elsewhere.
 *
 * @param session  The session.
 * @param output   The output.
 *
 * @retval CAMERA_OK                          Removed.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session, output is
 *                                            NULL or never was an output.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No configuration was begun.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   It is not in this session, or released (a released
 *                                            output left its session then).
 *
 * @par State
 *   CONFIG.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_add_output()
 */
CAMERA_API
int32_t camera_session_remove_output(struct camera_session *session,
                                     struct camera_output *output);

/**
 * Tells in words what commit would make of the configuration: the camera's mode, the way to each
 * output (as it is, decode, crop, scale, convert, encode), rates and bytes per second; or which
 * check refuses it and why. Nothing is changed.
 *
 * @param session    The session.
 * @param text       Where the text goes: lines that end with a line feed, always ended by NUL, cut
 *                   off when text_size is too small. Owned by the caller. Must not be NULL.
 * @param text_size  Bytes at text, 1 or more; 2048 are enough for ten outputs.
 * @param needed     Receives the bytes of the whole text with its NUL. May be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; text is NULL or
 *                                          text_size is 0.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG  No configuration was begun, or the session is released.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The configuration has no input or no output; or the driver
 *                                          failed.
 *
 * @par State
 *   CONFIG, COMMITTED or STARTED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and the first
 *   time for the driver to list its modes.
 *
 * @since 0.1
 * @see camera_session_commit_config()
 */
CAMERA_API
int32_t camera_session_explain_config(struct camera_session *session,
                                      char *text,
                                      size_t text_size,
                                      size_t *needed);

/**
 * Changes how a session behaves when something goes wrong.
 *
 * @param session  The session.
 * @param options  How; NULL for the defaults. Read during the call only.
 *
 * @retval CAMERA_OK                        Changed, from the next commit on.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; options has a wrong
 *                                          size, or one of them is out of its range.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
 *
 * @par State
 *   Any but RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_commit_config(), camera_session_add_listener()
 */
CAMERA_API
int32_t camera_session_set_options(struct camera_session *session,
                                   const struct camera_session_options *options);

/**
 * Registers a function for what a session tells: its streams failed, its camera is back.
 *
 * Events of one session come in the order in which they happened.
 *
 * @param session    The session.
 * @param callback   Receives the events. Must not be NULL.
 * @param user_data  Passed to callback. Never read or freed by the library.
 * @param destroy    Called with user_data when the listener is gone, removed or with its
 *                   session. May be NULL. Not called when this function fails.
 * @param listener   Receives a number for camera_session_remove_listener(). Must not be NULL.
 *
 * @retval CAMERA_OK                        Registered.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session, callback or listener is NULL, or session
 *                                          never was a session.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
 *
 * @par State
 *   Any but RELEASED. Events from before are not told.
 *
 * @par Threading
 *   Thread-safe; never blocks.
 *
 * @since 0.1
 * @see camera_session_remove_listener(), camera_session_set_options()
 */
CAMERA_API
int32_t camera_session_add_listener(struct camera_session *session,
                                    camera_session_event_fn callback,
                                    void *user_data,
                                    camera_destroy_fn destroy,
                                    uint64_t *listener);

/**
 * Removes a listener. When this returns the listener is not running and never will be again;
 * called from inside it, that call is its last.
 *
 * @param session   The session.
 * @param listener  The number from camera_session_add_listener() or
 *                  camera_session_add_error_listener().
 *
 * @retval CAMERA_OK                        Removed; its destroy function has run, or runs as the
 *                                          listener returns when called from inside it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session, or it has no
 *                                          such listener.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released: its listeners end by themselves,
 *                                          which their destroy functions tell.
 *
 * @par Threading
 *   Thread-safe. Waits for a call of the listener that is running on another thread.
 *
 * @since 0.1
 * @see camera_session_add_listener(), camera_session_add_error_listener()
 */
CAMERA_API
int32_t camera_session_remove_listener(struct camera_session *session,
                                       uint64_t listener);

/**
 * Writes what the session's camera does to a file from now on, for a bug report: each frame as it
 * came, with its number and times, frames that are missing or damaged, starts, stops and failures of its stream
 * with their codes, what the camera is, and what was committed. As a source of cameras the file is
 * that camera again: see "replay:FILE" at camera_manager_options. It has the pictures themselves:
 * tell those who are in them.
 *
 * The file is Matroska, which players show, and which can be used up to where it was cut off when the
 * process or the machine ends. Beside the pictures it has a line of text for each event, as
 * subtitles. The trace goes on when the session is stopped, reconfigured or loses its camera. A file
 * has one configuration of the camera: when the camera starts with another format, size or rate,
 * the trace goes on in a file beside the first, for trace.mkv that is trace-2.mkv, then trace-3.mkv,
 * up to 99; those that are there are replaced.
 *
 * No output gets fewer frames because of a trace, and the camera is never held up: when the disk is
 * slower than the camera, pictures are left out, and counted. When the disk is full, or fails, the
 * trace ends by itself; camera_session_stop_trace() tells why.
 *
 * @param session  The session.
 * @param path     The file; one that is there is replaced. Read during the call only. Must not be
 *                 NULL.
 *
 * @retval CAMERA_OK                          The file is there, and the trace is being written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session; path is NULL,
 *                                            empty or too long, or names a folder, something in one
 *                                            that does not exist, or no file.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED A trace of this session is being written; or the file
 *                                            may not be written by this user.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released; or the file cannot be made for
 *                                            another reason, which the detail tells.
 *
 * @par State
 *   Any but RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, for the file to
 *   be made, and for the driver to tell what the camera is.
 *
 * @since 0.1
 * @see camera_session_stop_trace(), camera_session_get_trace_statistics()
 */
CAMERA_API
int32_t camera_session_start_trace(struct camera_session *session,
                                   const char *path);

/**
 * Writes what has arrived, and closes the trace, which is on the disk then. A session that is released
 * does this by itself. Without a commit there is nothing to write, and the file stays empty.
 *
 * @param session  The session.
 *
 * @retval CAMERA_OK                          The file is complete.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session is NULL or never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED No trace of this session is being written.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The session is released; or the trace ended by itself,
 *                                            before or just now, and the detail tells why: the file
 *                                            has what could be written. That is told once.
 *
 * @par State
 *   Any but RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the disk.
 *
 * @since 0.1
 * @see camera_session_start_trace()
 */
CAMERA_API
int32_t camera_session_stop_trace(struct camera_session *session);

/**
 * What the trace has so far, or what the last one had in all.
 *
 * @param session     The session.
 * @param statistics  Filled. Its size field says how much of it the program knows. Must not be NULL.
 *
 * @retval CAMERA_OK                        Filled; with zeros if no trace was started.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    session is NULL or never was a session; statistics is NULL
 *                                          or its size is wrong.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released.
 *
 * @par State
 *   Any but RELEASED.
 *
 * @par Threading
 *   Thread-safe; never blocks, and does not wait for operations or for the disk.
 *
 * @since 0.1
 * @see camera_session_start_trace()
 */
CAMERA_API
int32_t camera_session_get_trace_statistics(struct camera_session *session,
                                            struct camera_trace_statistics *statistics);

/**
 * Is a mode of video stabilization supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_video_stabilization_mode.
 * @param supported  Receives the answer. Must not be NULL. OFF is supported by every camera.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, session never was a session, or mode is
 *                                            unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_video_stabilization_mode()
 */
CAMERA_API
int32_t camera_session_is_video_stabilization_mode_supported(struct camera_session *session,
                                                             int32_t mode,
                                                             bool *supported);

/**
 * The mode of video stabilization now.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_video_stabilization_mode. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_video_stabilization_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_video_stabilization_mode()
 */
CAMERA_API
int32_t camera_session_get_video_stabilization_mode(struct camera_session *session,
                                                    int32_t *mode);

/**
 * Sets the mode of video stabilization.
 *
 * @param session  The session.
 * @param mode     One of camera_video_stabilization_mode.
 *
 * @retval CAMERA_OK                            Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_video_stabilization_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_video_stabilization_mode_supported()
 */
CAMERA_API
int32_t camera_session_set_video_stabilization_mode(struct camera_session *session,
                                                    int32_t mode);

/**
 * Is a focus mode supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_focus_mode.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, session never was a session, or mode is
 *                                            unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_focus_mode()
 */
CAMERA_API
int32_t camera_session_is_focus_mode_supported(struct camera_session *session,
                                               int32_t mode,
                                               bool *supported);

/**
 * The focus mode now.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_focus_mode. Must not be NULL. V4L2 does not tell MANUAL, AUTO and
 *                 LOCKED from each other by its controls: what this session set last is remembered.
 *
 * @retval CAMERA_OK                            Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera has no focus that could be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_focus_mode()
 */
CAMERA_API
int32_t camera_session_get_focus_mode(struct camera_session *session,
                                      int32_t *mode);

/**
 * Sets the focus mode. Where the camera tells how its focusing goes (V4L2_CID_AUTO_FOCUS_STATUS), AUTO and
 * CONTINUOUS_AUTO are followed by CAMERA_SESSION_EVENT_TYPE_FOCUS_STATE: SCAN, then FOCUSED or
 * UNFOCUSED, after five seconds at the latest.
 *
 * @param session  The session.
 * @param mode     One of camera_focus_mode.
 *
 * @retval CAMERA_OK                            Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps it over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_focus_mode_supported(), camera_session_add_listener()
 */
CAMERA_API
int32_t camera_session_set_focus_mode(struct camera_session *session,
                                      int32_t mode);

/**
 * The point of the picture that is focused on. V4L2 has no control for it: always refused.
 *
 * @param session  The session.
 * @param point    Would receive it. Must not be NULL.
 *
 * @retval CAMERA_OK                            Never.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_focus_mode()
 */
CAMERA_API
int32_t camera_session_get_focus_point(struct camera_session *session,
                                       struct camera_point *point);

/**
 * Focuses on a point of the picture. V4L2 has no control for it: always refused.
 *
 * @param session  The session.
 * @param point    The point; both numbers from 0 to 1.
 *
 * @retval CAMERA_OK                            Never.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or point is beyond the picture.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_focus_mode()
 */
CAMERA_API
int32_t camera_session_set_focus_point(struct camera_session *session,
                                       struct camera_point point);

/**
 * Can the focus distance be set?
 *
 * @param session    The session.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_focus_distance()
 */
CAMERA_API
int32_t camera_session_is_focus_distance_supported(struct camera_session *session,
                                                   bool *supported);

/**
 * The focus distance now: where the lens stands in its range. V4L2 leaves the unit to drivers, so that
 * it says nothing about metres.
 *
 * @param session   The session.
 * @param distance  Receives a number from 0, the nearest, to 1, the farthest. Must not be NULL.
 *
 * @retval CAMERA_OK                            Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera's focus distance cannot be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_focus_distance()
 */
CAMERA_API
int32_t camera_session_get_focus_distance(struct camera_session *session,
                                          double *distance);

/**
 * Sets the focus distance; the focus mode becomes MANUAL.
 *
 * @param session   The session.
 * @param distance  From 0, the nearest, to 1, the farthest; the lens takes the nearest step that it has.
 *
 * @retval CAMERA_OK                            Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or distance is not within 0 to 1.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The camera's focus distance cannot be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps it over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_focus_distance_supported()
 */
CAMERA_API
int32_t camera_session_set_focus_distance(struct camera_session *session,
                                          double distance);

/**
 * The focal length of the lens in millimetres. V4L2 has no control for it: always refused.
 *
 * @param session       The session.
 * @param focal_length  Would receive it. Must not be NULL.
 *
 * @retval CAMERA_OK                            Never.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   Always, once the session is committed.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_focus_mode_supported().
 *
 * @since 0.1
 * @see camera_session_get_zoom_ratio()
 */
CAMERA_API
int32_t camera_session_get_focal_length(struct camera_session *session,
                                        double *focal_length);

/**
 * The ratios to which the session's camera can zoom.
 *
 * Every camera zooms: one with a zoom lens (V4L2_CID_ZOOM_ABSOLUTE) by that, with the least value as
 * ratio 1; the others by showing a part of their picture, enlarged to the whole, in every output. The
 * latter costs processor time; a camera's Motion-JPEG is decoded and encoded for it. Formats that the
 * library cannot make (H.264, several memories for a frame) are not zoomed: 1 to 1.
 *
 * @param session  The session.
 * @param minimum  Receives the smallest ratio, 1. Must not be NULL.
 * @param maximum  Receives the largest. Must not be NULL. Without a zoom lens it depends on what was
 *                 committed; before that it is 8.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_zoom_ratio()
 */
CAMERA_API
int32_t camera_session_get_zoom_ratio_range(struct camera_session *session,
                                            double *minimum,
                                            double *maximum);

/**
 * The zoom ratio now; on the way of a smooth zoom, where it is.
 *
 * @param session  The session.
 * @param ratio    Receives it. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_get_zoom_ratio_range().
 *
 * @since 0.1
 * @see camera_session_set_zoom_ratio()
 */
CAMERA_API
int32_t camera_session_get_zoom_ratio(struct camera_session *session,
                                      double *ratio);

/**
 * Zooms at once. A smooth zoom that is under way ends.
 *
 * @param session  The session.
 * @param ratio    The ratio; what is beyond the range becomes its nearest end. The lens takes the
 *                 nearest step that it has.
 *
 * @retval CAMERA_OK                            Set: the next frames show it.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or ratio is no finite number.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The ratio stays over stop, start and configuration of this session.
 *
 * @par Threading
 *   As camera_session_get_zoom_ratio_range().
 *
 * @since 0.1
 * @see camera_session_get_zoom_ratio_range(), camera_session_set_smooth_zoom()
 */
CAMERA_API
int32_t camera_session_set_zoom_ratio(struct camera_session *session,
                                      double ratio);

/**
 * Zooms little by little: 400 milliseconds for twice or half the ratio, and at least 100. The session's
 * listeners are told how long it takes (CAMERA_SESSION_EVENT_TYPE_SMOOTH_ZOOM_INFO).
 *
 * @param session  The session.
 * @param ratio    The ratio at the end; what is beyond the range becomes its nearest end.
 * @param mode     One of camera_smooth_zoom_mode.
 *
 * @retval CAMERA_OK                            Begun.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, ratio is no finite number, or
 *                                              mode is unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input is closed, the driver failed, or there is no timer.
 *
 * @par State
 *   COMMITTED, STARTED. A new configuration ends it where it is.
 *
 * @par Threading
 *   As camera_session_get_zoom_ratio_range(); does not wait for the end of the zoom.
 *
 * @since 0.1
 * @see camera_session_set_zoom_ratio(), camera_session_add_listener()
 */
CAMERA_API
int32_t camera_session_set_smooth_zoom(struct camera_session *session,
                                       double ratio,
                                       int32_t mode);

/**
 * Has the session's camera a flash, or a light that can be on all the time? Lights that the kernel gives as
 * devices of their own are not found.
 *
 * @param session    The session.
 * @param has_flash  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_is_flash_mode_supported()
 */
CAMERA_API
int32_t camera_session_has_flash(struct camera_session *session,
                                 bool *has_flash);

/**
 * Is a flash mode supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_flash_mode.
 * @param supported  Receives the answer. Must not be NULL. CLOSE is supported by every camera.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, session never was a session, or mode is
 *                                           unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   As camera_session_has_flash().
 *
 * @since 0.1
 * @see camera_session_set_flash_mode()
 */
CAMERA_API
int32_t camera_session_is_flash_mode_supported(struct camera_session *session,
                                               int32_t mode,
                                               bool *supported);

/**
 * The flash mode now.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_flash_mode; CLOSE from a camera without a flash. Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_has_flash().
 *
 * @since 0.1
 * @see camera_session_set_flash_mode()
 */
CAMERA_API
int32_t camera_session_get_flash_mode(struct camera_session *session,
                                      int32_t *mode);

/**
 * Sets the flash mode. When the session is released, or its input removed, the light goes out.
 *
 * @param session  The session.
 * @param mode     One of camera_flash_mode.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The mode is kept over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_has_flash().
 *
 * @since 0.1
 * @see camera_session_is_flash_mode_supported()
 */
CAMERA_API
int32_t camera_session_set_flash_mode(struct camera_session *session,
                                      int32_t mode);

/**
 * What the flash does at this moment.
 *
 * @param session  The session.
 * @param state    Receives one of camera_flash_state; UNAVAILABLE from a camera without a flash. Must not be
 *                 NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_has_flash().
 *
 * @since 0.1
 * @see camera_session_set_flash_mode()
 */
CAMERA_API
int32_t camera_session_get_flash_state(struct camera_session *session,
                                       int32_t *state);

/**
 * Is an exposure mode supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_exposure_mode.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, session never was a session, or mode is
 *                                           unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_exposure_mode()
 */
CAMERA_API
int32_t camera_session_is_exposure_mode_supported(struct camera_session *session,
                                                  int32_t mode,
                                                  bool *supported);

/**
 * The exposure mode now.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_exposure_mode; UNSPECIFIED from a camera that has no control for it.
 *                 Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_exposure_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_mode()
 */
CAMERA_API
int32_t camera_session_get_exposure_mode(struct camera_session *session,
                                         int32_t *mode);

/**
 * Sets the exposure mode.
 *
 * LOCKED keeps the exposure as it is; every other mode takes the lock off first.
 *
 * @param session  The session.
 * @param mode     One of camera_exposure_mode.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_exposure_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_exposure_mode_supported()
 */
CAMERA_API
int32_t camera_session_set_exposure_mode(struct camera_session *session,
                                         int32_t mode);

/**
 * The shortest and the longest exposure that can be set, in microseconds.
 *
 * @param session       The session.
 * @param min_duration  Receives the shortest. Must not be NULL.
 * @param max_duration  Receives the longest, in microseconds. A camera cannot expose longer than its frame
 *                      rate allows, whatever it lists. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure that can be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   As camera_session_is_exposure_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_duration()
 */
CAMERA_API
int32_t camera_session_get_supported_exposure_duration_range(struct camera_session *session,
                                                             int32_t *min_duration,
                                                             int32_t *max_duration);

/**
 * The duration of the exposure now, as the driver tells it at this moment. While the exposure is automatic
 * some drivers tell what the camera chose, and others what was set last.
 *
 * @param session   The session.
 * @param duration  Receives microseconds. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_exposure_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_duration()
 */
CAMERA_API
int32_t camera_session_get_exposure_duration(struct camera_session *session,
                                             int32_t *duration);

/**
 * Sets the duration of the exposure.
 *
 * The exposure becomes manual (camera_exposure_mode) before, because drivers refuse or ignore a duration while
 * the camera chooses it. When the driver refuses the duration, everything is set back. The duration becomes
 * the nearest one that the camera has: V4L2 counts in 100 microseconds (V4L2_CID_EXPOSURE_ABSOLUTE).
 * camera_session_get_exposure_duration() tells which.
 *
 * @param session   The session.
 * @param duration  Microseconds, within camera_session_get_supported_exposure_duration_range().
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or duration is out of range.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure that can be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the duration over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_exposure_mode_supported().
 *
 * @since 0.1
 * @see camera_session_get_supported_exposure_duration_range(), camera_session_set_exposure_mode()
 */
CAMERA_API
int32_t camera_session_set_exposure_duration(struct camera_session *session,
                                             int32_t duration);

/**
 * Is a mode of exposure metering supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_exposure_metering_mode.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, session never was a session, or mode is
 *                                           unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_exposure_metering_mode()
 */
CAMERA_API
int32_t camera_session_is_exposure_metering_mode_supported(struct camera_session *session,
                                                           int32_t mode,
                                                           bool *supported);

/**
 * The mode of exposure metering now.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_exposure_metering_mode. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_exposure_metering_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_metering_mode()
 */
CAMERA_API
int32_t camera_session_get_exposure_metering_mode(struct camera_session *session,
                                                  int32_t *mode);

/**
 * Sets the mode of exposure metering.
 *
 * @param session  The session.
 * @param mode     One of camera_exposure_metering_mode.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_exposure_metering_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_exposure_metering_mode_supported()
 */
CAMERA_API
int32_t camera_session_set_exposure_metering_mode(struct camera_session *session,
                                                  int32_t mode);

/**
 * The point that the exposure is measured at. V4L2 has no control for one, so no camera supports it.
 *
 * @param session  The session.
 * @param point    Receives the point. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Always, once the arguments and the state are right: V4L2 has no
 *                                             control for it.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_exposure_metering_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_metering_mode()
 */
CAMERA_API
int32_t camera_session_get_metering_point(struct camera_session *session,
                                          struct camera_point *point);

/**
 * Sets the point that the exposure is measured at. V4L2 has no control for one, so no camera supports it.
 *
 * @param session  The session.
 * @param point    A point of the picture.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or point is not within 0 to 1.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  Always, once the arguments and the state are right: V4L2 has no
 *                                             control for it.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_exposure_metering_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_exposure_metering_mode()
 */
CAMERA_API
int32_t camera_session_set_metering_point(struct camera_session *session,
                                          struct camera_point point);

/**
 * How much brighter or darker the pictures of the session's camera can be made than its automatic exposure
 * makes them (V4L2_CID_AUTO_EXPOSURE_BIAS).
 *
 * @param session   The session.
 * @param min_bias  Receives the least bias in EV. Must not be NULL.
 * @param max_bias  Receives the greatest, in EV. Must not be NULL.
 * @param step      Receives the smallest distance of two, in EV; 0 when there is one only. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_exposure_bias()
 */
CAMERA_API
int32_t camera_session_get_exposure_bias_range(struct camera_session *session,
                                               float *min_bias,
                                               float *max_bias,
                                               float *step);

/**
 * The smallest distance of two exposure biases: the step of camera_session_get_exposure_bias_range().
 *
 * @param session  The session.
 * @param step     Receives EV. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   As camera_session_get_exposure_bias_range().
 *
 * @since 0.1
 * @see camera_session_get_exposure_bias_range()
 */
CAMERA_API
int32_t camera_session_get_exposure_bias_step(struct camera_session *session,
                                              float *step);

/**
 * The exposure bias now.
 *
 * @param session  The session.
 * @param bias     Receives EV. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_get_exposure_bias_range().
 *
 * @since 0.1
 * @see camera_session_set_exposure_bias()
 */
CAMERA_API
int32_t camera_session_get_exposure_bias(struct camera_session *session,
                                         float *bias);

/**
 * Sets the exposure bias to the nearest one that the camera has; beyond its range, to the least or the
 * greatest. It has no effect while the exposure is manual.
 *
 * @param session  The session.
 * @param bias     EV; 1 is twice the light.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or bias is not finite.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the bias over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_get_exposure_bias_range().
 *
 * @since 0.1
 * @see camera_session_get_exposure_bias_range()
 */
CAMERA_API
int32_t camera_session_set_exposure_bias(struct camera_session *session,
                                         float bias);

/**
 * The exposure value now. As in Camera Kit it is the bias in EV, as the driver tells it at this moment: what
 * camera_session_get_exposure_bias() tells.
 *
 * @param session  The session.
 * @param value    Receives EV. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no exposure bias.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_get_exposure_bias_range().
 *
 * @since 0.1
 * @see camera_session_set_exposure_bias()
 */
CAMERA_API
int32_t camera_session_get_exposure_value(struct camera_session *session,
                                          float *value);

/**
 * The least and the greatest ISO speed that can be set on the session's camera (V4L2_CID_ISO_SENSITIVITY).
 *
 * @param session  The session.
 * @param min_iso  Receives the least. Must not be NULL.
 * @param max_iso  Receives the greatest. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no ISO speed that can be set.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_iso()
 */
CAMERA_API
int32_t camera_session_get_supported_iso_range(struct camera_session *session,
                                               int32_t *min_iso,
                                               int32_t *max_iso);

/**
 * The ISO speed now, as the driver tells it at this moment.
 *
 * @param session  The session.
 * @param iso      Receives the speed. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_get_supported_iso_range().
 *
 * @since 0.1
 * @see camera_session_set_iso()
 */
CAMERA_API
int32_t camera_session_get_iso(struct camera_session *session,
                               int32_t *iso);

/**
 * Sets the ISO speed to the nearest one that the camera has. The camera does not choose it any more then
 * (V4L2_CID_ISO_SENSITIVITY_AUTO goes to manual before); when the driver refuses the speed, it goes on
 * choosing.
 *
 * @param session  The session.
 * @param iso      The speed, within camera_session_get_supported_iso_range(); 0: the camera chooses again, if it
 *                 can.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or iso is out of range.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no ISO speed that can be set, or its exposure is
 *                                             locked (camera_exposure_mode).
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the speed over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_get_supported_iso_range().
 *
 * @since 0.1
 * @see camera_session_get_supported_iso_range()
 */
CAMERA_API
int32_t camera_session_set_iso(struct camera_session *session,
                               int32_t iso);

/**
 * Is a mode of white balance supported by the session's camera?
 *
 * @param session    The session.
 * @param mode       One of camera_white_balance_mode.
 * @param supported  Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                         Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT     An argument is NULL, session never was a session, or mode is
 *                                           unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG   The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED      The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR  The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for the driver
 *   to answer.
 *
 * @since 0.1
 * @see camera_session_set_white_balance_mode()
 */
CAMERA_API
int32_t camera_session_is_white_balance_mode_supported(struct camera_session *session,
                                                       int32_t mode,
                                                       bool *supported);

/**
 * The mode of white balance now. A preset of the camera that has no name here is told as the one that is most
 * like it.
 *
 * @param session  The session.
 * @param mode     Receives one of camera_white_balance_mode. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_white_balance_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_white_balance_mode()
 */
CAMERA_API
int32_t camera_session_get_white_balance_mode(struct camera_session *session,
                                              int32_t *mode);

/**
 * Sets the mode of white balance. LOCKED keeps it as it is; every other mode takes the lock off first.
 *
 * @param session  The session.
 * @param mode     One of camera_white_balance_mode.
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or mode is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not support the mode.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the mode over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_white_balance_mode_supported().
 *
 * @since 0.1
 * @see camera_session_is_white_balance_mode_supported()
 */
CAMERA_API
int32_t camera_session_set_white_balance_mode(struct camera_session *session,
                                              int32_t mode);

/**
 * The lowest and the highest colour temperature that can be set, in kelvin.
 *
 * @param session          The session.
 * @param min_temperature  Receives the lowest. Must not be NULL.
 * @param max_temperature  Receives the highest. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no white balance that can be set to a
 *                                             temperature.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session has no input, or is released.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is not open, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   As camera_session_is_white_balance_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_white_balance()
 */
CAMERA_API
int32_t camera_session_get_white_balance_range(struct camera_session *session,
                                               int32_t *min_temperature,
                                               int32_t *max_temperature);

/**
 * The colour temperature now, as the driver tells it at this moment. While the white balance is automatic some
 * drivers tell what the camera found, and others what was set last.
 *
 * @param session      The session.
 * @param temperature  Receives kelvin. Must not be NULL.
 *
 * @retval CAMERA_OK                           Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera does not tell.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_is_white_balance_mode_supported().
 *
 * @since 0.1
 * @see camera_session_set_white_balance()
 */
CAMERA_API
int32_t camera_session_get_white_balance(struct camera_session *session,
                                         int32_t *temperature);

/**
 * Sets the colour temperature that is taken for white to the nearest one that the camera has. The white
 * balance becomes manual before; when the driver refuses the temperature, everything is set back.
 *
 * @param session      The session.
 * @param temperature  Kelvin, within camera_session_get_white_balance_range().
 *
 * @retval CAMERA_OK                           Set.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT       session never was a session, or temperature is out of range.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED  The camera has no white balance that can be set to a
 *                                             temperature.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG     The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED        The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR    The input is closed, or the driver failed.
 *
 * @par State
 *   COMMITTED, STARTED. The camera keeps the temperature over stop, start and configuration.
 *
 * @par Threading
 *   As camera_session_is_white_balance_mode_supported().
 *
 * @since 0.1
 * @see camera_session_get_white_balance_range(), camera_session_set_white_balance_mode()
 */
CAMERA_API
int32_t camera_session_set_white_balance(struct camera_session *session,
                                         int32_t temperature);

/**
 * How many colour spaces the previews and videos of a session can have.
 *
 * If all of them are YUV that the library can make, they can have each of camera_color_space;
 * otherwise there is only what the camera gives. RGBA is always full-range sRGB, and JPEG says itself
 * what it is (CAMERA_COLOR_SPACE_SRGB_FULL): both have no choice. Photos are JPEG.
 *
 * @param session  The session.
 * @param count    Receives the number. Must not be NULL. Before commit it is not known what the camera
 *                 gives: counted is what can be made for the outputs so far, which may be none.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 *
 * @par State
 *   COMMITTED, STARTED, and CONFIG with an input.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before.
 *
 * @since 0.1
 * @see camera_session_get_supported_color_space()
 */
CAMERA_API
int32_t camera_session_get_supported_color_space_count(struct camera_session *session,
                                                       uint32_t *count);

/**
 * One of the colour spaces that the previews and videos of a session can have.
 *
 * @param session      The session.
 * @param index        Which, from 0. Once committed, 0 is what the camera gives.
 * @param color_space  Receives one of camera_color_space. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, session never was a session, or index
 *                                            is not below the count.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session has no input, or is released.
 *
 * @par State
 *   As camera_session_get_supported_color_space_count().
 *
 * @par Threading
 *   As camera_session_get_supported_color_space_count().
 *
 * @since 0.1
 * @see camera_session_get_supported_color_space_count(), camera_session_set_color_space()
 */
CAMERA_API
int32_t camera_session_get_supported_color_space(struct camera_session *session,
                                                 uint32_t index,
                                                 int32_t *color_space);

/**
 * The colour space of a session's previews and videos of YUV. camera_frame_get_info() tells that of
 * each frame.
 *
 * @param session      The session.
 * @param color_space  Receives one of camera_color_space. Must not be NULL.
 *
 * @retval CAMERA_OK                          Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      An argument is NULL, or session never was a session.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
 *
 * @par State
 *   COMMITTED, STARTED.
 *
 * @par Threading
 *   As camera_session_get_supported_color_space_count().
 *
 * @since 0.1
 * @see camera_session_set_color_space()
 */
CAMERA_API
int32_t camera_session_get_active_color_space(struct camera_session *session,
                                              int32_t *color_space);

/**
 * Sets the colour space of a session's previews and videos of YUV.
 *
 * It is done at once: a running stream is interrupted for a moment, as by
 * camera_output_set_frame_rate(). In another colour space than the camera's, frames are made
 * (CAMERA_FRAME_CONVERTED), which costs processor time.
 *
 * @param session      The session.
 * @param color_space  One of those that camera_session_get_supported_color_space() tells.
 *
 * @retval CAMERA_OK                            Set, or it was so already.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or color_space is no number
 *                                              of OH_NativeBuffer_ColorSpace.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The outputs cannot have it.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG      The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED         The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     The input was closed, or the driver refused.
 *
 * @par State
 *   COMMITTED, STARTED. It stays over stop, start and configuration, for outputs that can have it.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 * @see camera_session_get_supported_color_space(), camera_session_get_active_color_space()
 */
CAMERA_API
int32_t camera_session_set_color_space(struct camera_session *session,
                                       int32_t color_space);

/**
 * Sets what counts for more. Where that makes another mode or rate the best one, the camera is configured
 * anew at once: a running stream is interrupted for a moment. camera_session_explain_config() and
 * camera_output_get_active_frame_rate() tell what came of it.
 *
 * @param session  The session.
 * @param quality  One of camera_quality_prioritization.
 *
 * @retval CAMERA_OK                          Set, or it was so already.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT      session never was a session, or quality is unknown.
 * @retval CAMERA_ERROR_SESSION_NOT_CONFIG    The session is not committed.
 * @retval CAMERA_ERROR_DEVICE_DISABLED       The camera is gone.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR   The input was closed, or the driver refused.
 *
 * @par State
 *   COMMITTED, STARTED. It stays over stop, start and configuration of this session.
 *
 * @par Threading
 *   Thread-safe. Takes its place among the operations of the session, and waits for the device.
 *
 * @since 0.1
 * @see camera_output_set_frame_rate()
 */
CAMERA_API
int32_t camera_session_set_quality_prioritization(struct camera_session *session,
                                                  int32_t quality);

/**
 * Could the session be preconfigured so? The camera of its input answers; while there is none, true
 * means that some camera of the manager can.
 *
 * @param session         The session.
 * @param preconfig_type  One of camera_preconfig_type.
 * @param ratio           One of camera_preconfig_ratio. Camera Kit's own choices are 4:3 for photos and
 *                        16:9 for videos.
 * @param result          Receives the answer. Must not be NULL.
 *
 * @retval CAMERA_OK                        Written.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT    result is NULL, session never was a session, or
 *                                          preconfig_type or ratio is unknown.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR The session is released, or the cameras cannot be asked.
 *
 * @par State
 *   Any but RELEASED.
 *
 * @par Threading
 *   Thread-safe. Waits for the operations of this session that were called before, and for drivers to
 *   answer.
 *
 * @since 0.1
 * @see camera_session_preconfig()
 */
CAMERA_API
int32_t camera_session_can_preconfig(struct camera_session *session,
                                     int32_t preconfig_type,
                                     int32_t ratio,
                                     bool *result);

/**
 * Chooses profiles for the outputs that were made without one (profile NULL) and are added from now on:
 * previews and videos of the size that the type and the ratio name, in CAMERA_FORMAT_YUV_420_SP where it can be made, videos with 30
 * frames per second or the fastest rate below, and the largest photos of that shape. Each is a profile
 * that the input's camera offers: it is looked for when the output is added. Outputs with a profile of
 * their own keep it. An output that is removed has no profile again.
 *
 * @param session         The session.
 * @param preconfig_type  One of camera_preconfig_type.
 * @param ratio           One of camera_preconfig_ratio.
 *
 * @retval CAMERA_OK                            Chosen.
 * @retval CAMERA_ERROR_INVALID_ARGUMENT        session never was a session, or preconfig_type
 *                                              or ratio is unknown.
 * @retval CAMERA_ERROR_OPERATION_NOT_ALLOWED   The session is committed: call camera_session_begin_config()
 *                                              first.
 * @retval CAMERA_ERROR_SERVICE_FATAL_ERROR     camera_session_can_preconfig() says no; the session is
 *                                              released, or the cameras cannot be asked.
 *
 * @par State
 *   INIT and CONFIG. It stays until another is chosen.
 *
 * @par Threading
 *   As camera_session_can_preconfig().
 *
 * @since 0.1
 * @see camera_session_can_preconfig(), camera_output_get_active_profile()
 */
CAMERA_API
int32_t camera_session_preconfig(struct camera_session *session,
                                 int32_t preconfig_type,
                                 int32_t ratio);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/** Initial values of the structures that begin with their size. */
#define CAMERA_MANAGER_OPTIONS_INIT                                                                \
    { sizeof(camera_manager_options), CAMERA_DISPATCH_LIBRARY, NULL }
#define CAMERA_DESCRIPTION_INIT                                                                    \
    { sizeof(camera_description), 0, 0, 0, 0, {0}, {0}, {0}, {0} }
#define CAMERA_TORCH_STATUS_INIT                                                                   \
    { sizeof(camera_torch_status), 0, 0, 0 }
#define CAMERA_PROFILE_INIT                                                                        \
    { sizeof(camera_profile), 0, 0, 0, 0, 0 }
#define CAMERA_SURFACE_OPTIONS_INIT                                                                \
    { sizeof(camera_surface_options), 0, CAMERA_SURFACE_POLICY_DROP_OLDEST, 0 }
#define CAMERA_SURFACE_STATISTICS_INIT                                                             \
    { sizeof(camera_surface_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
#define CAMERA_OUTPUT_STATISTICS_INIT                                                              \
    { sizeof(camera_output_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0 }
#define CAMERA_RECORDER_OPTIONS_INIT                                                               \
    { sizeof(camera_recorder_options), CAMERA_CONTAINER_MATROSKA, NULL, -1, 0, 0, 0 }
#define CAMERA_RECORDER_STATISTICS_INIT                                                            \
    { sizeof(camera_recorder_statistics), 0, 0, 0, 0, 0, 0 }
#define CAMERA_FRAME_INFO_INIT                                                                     \
    { sizeof(camera_frame_info), 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0 }
#define CAMERA_PLANE_INIT                                                                          \
    { sizeof(camera_plane), 0, 0, 0, NULL, 0 }
#define CAMERA_PHOTO_SETTINGS_INIT                                                                 \
    { sizeof(camera_photo_settings), CAMERA_QUALITY_LEVEL_HIGH, CAMERA_IMAGE_ROTATION_0, 0, NULL }
#define CAMERA_SESSION_OPTIONS_INIT                                                                \
    { sizeof(camera_session_options), 0, 0, 0 }
#define CAMERA_FACTS_INIT                                                                          \
    { sizeof(camera_facts), 0, 0, 0, 0, 0, 0, 0, { 0 }, { 0 } }
#define CAMERA_CONTROL_INFO_INIT                                                                   \
    { sizeof(camera_control_info), 0, 0, 0, 0, 0, 0, 0, { 0 } }
#define CAMERA_CONTROL_MENU_ITEM_INIT                                                              \
    { sizeof(camera_control_menu_item), 0, 0, { 0 } }
#define CAMERA_TRACE_STATISTICS_INIT                                                               \
    { sizeof(camera_trace_statistics), 0, 0, 0, 0, 0, 0, 0 }
#define CAMERA_DETECTOR_OPTIONS_INIT                                                               \
    { sizeof(camera_detector_options), 0, 0, 0, 0, 0, NULL }
#define CAMERA_PHOTO_INFO_INIT                                                                     \
    { sizeof(camera_photo_info), 0, 0, 0, 0, 0, 0, 0, NULL, 0 }

#endif /* CAMERA_SESSION_H */
