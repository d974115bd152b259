/* SPDX-License-Identifier: Apache-2.0
 *
 * PhotoOutput: its captures (photo_output.cc) and what it tells of them (photo_events.cc). */
#ifndef CAMERA_SESSION_NAPI_PHOTO_OUTPUT_H
#define CAMERA_SESSION_NAPI_PHOTO_OUTPUT_H

#include "outputs.h"

#include <set>

namespace bridge {

extern const EventTable photo_events;

/* A photo output keeps books of its captures: while one is under way the output and its session must not be
 * collected, and the process must not end. The library tells the end of each accepted capture once, after
 * its completion or, from another thread, shortly before it; and after all events that it is done with
 * the output. Nothing is left to chance, so nothing is left behind. */
struct PhotoOutput : CameraOutput {
    PhotoOutput(Env &env, camera_output *made) : CameraOutput(env, Kind::PhotoOutput, &photo_events, made) {}
    static bool is(Kind kind) { return kind == Kind::PhotoOutput; }
    void on_environment_end() override { close_books(); }

    /* A capture was accepted; one has ended; no more events come. JavaScript thread. */
    void capture_accepted() { count(1); }
    void capture_ended() { count(-1); }
    void close_books();

    bool mirrored = false; /* enableMirror(): for captures whose setting does not say */
    std::set<uint32_t> taken; /* captures whose frame was taken, and that have not ended */

private:
    void count(int change);

    int under_way = 0; /* -1 for the moment when an end came before the completion */
    bool pinned = false;
    bool closed = false;
};

/* Registers the library's listener, of which the books live; false: the output is released. Nothing is
 * pending. */
bool keep_books(PhotoOutput &output);

} // namespace bridge

#endif
