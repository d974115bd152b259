/* SPDX-License-Identifier: Apache-2.0
 *
 * What a recorder answers in which state. */
#ifndef CAMERA_SESSION_NAPI_RECORDER_STATES_H
#define CAMERA_SESSION_NAPI_RECORDER_STATES_H

namespace bridge {

enum class RecorderState { Idle, Prepared, Started, Paused, Stopped, Released, Error };
enum class RecorderOperation { Prepare, GetInputSurface, Start, Pause, Resume, Stop, Reset, Release, GetConfig };
enum class RecorderReason { User = 1, Background = 2 };

enum class RecorderAnswer {
    Refused, /* 5400102 */
    Done, /* succeeds, and nothing is to be done */
    Runs,
};

inline const char *recorder_state_name(RecorderState state)
{
    static const char *const names[] = {"idle", "prepared", "started", "paused", "stopped", "released", "error"};
    return names[static_cast<int>(state)];
}

inline const char *recorder_operation_name(RecorderOperation operation)
{
    static const char *const names[] = {"prepare", "getInputSurface", "start", "pause", "resume",
                                        "stop",    "reset",           "release", "getAVRecorderConfig"};
    return names[static_cast<int>(operation)];
}

/* The rules of OpenHarmony's AVRecorder, one row for each operation: what was done already is not refused. */
inline RecorderAnswer recorder_answer(RecorderOperation operation, RecorderState state)
{
    static const char *const answers[] = {
        /* idle, prepared, started, paused, stopped, released, error */
        "y---y--", /* prepare */
        "-y-----", /* getInputSurface */
        "-y=----", /* start */
        "--y=---", /* pause */
        "--=y---", /* resume */
        "--yy=--", /* stop */
        "=yyyy-y", /* reset */
        "yyyyy=y", /* release */
        "-yyyy--", /* getAVRecorderConfig */
    };
    switch (answers[static_cast<int>(operation)][static_cast<int>(state)]) {
    case 'y':
        return RecorderAnswer::Runs;
    case '=':
        return RecorderAnswer::Done;
    default:
        return RecorderAnswer::Refused;
    }
}

} // namespace bridge

#endif
