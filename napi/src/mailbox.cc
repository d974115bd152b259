/* SPDX-License-Identifier: Apache-2.0
 *
 * The way from the library's threads to the JavaScript thread: one thread-safe function for each
 * environment. */
#include "bridge.h"

namespace bridge {

bool Mailbox::open(napi_env env, std::string *why)
{
    napi_value name;
    if (napi_create_string_utf8(env, "camera-session", NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr, deliver,
                                        &function) != napi_ok) {
        *why = "the runtime gave no thread-safe function";
        return false;
    }
    /* The bridge alone keeps no process alive: operations and running sessions do, see hold(). */
    napi_unref_threadsafe_function(env, function);
    return true;
}

bool Mailbox::post(Letter letter)
{
    auto data = std::make_unique<Letter>(std::move(letter)); /* freed without the lock, whatever belongs to it */
    /* The lock is held while the function is called, so that close() cannot end it in between. Nothing in
     * napi_call_threadsafe_function() waits, nor calls back. */
    std::lock_guard<std::mutex> guard(lock);
    if (function == nullptr || napi_call_threadsafe_function(function, data.get(), napi_tsfn_nonblocking) != napi_ok)
        return false;
    data.release();
    return true;
}

void Mailbox::deliver(napi_env env, napi_value, void *, void *data)
{
    std::unique_ptr<Letter> letter(static_cast<Letter *>(data));
    Env *bridge = env == nullptr ? nullptr : Env::of(env);
    if (bridge == nullptr || bridge->env == nullptr)
        return; /* the environment ends: what was left is only freed */
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok)
        return;
    (*letter)(*bridge);
    report_exception(env);
    napi_close_handle_scope(env, scope);
}

void Mailbox::hold(Env &env)
{
    if (holds++ == 0 && function != nullptr)
        napi_ref_threadsafe_function(env.env, function);
}

void Mailbox::let_go(Env &env)
{
    if (--holds == 0 && function != nullptr)
        napi_unref_threadsafe_function(env.env, function);
}

void Mailbox::close(napi_env)
{
    std::lock_guard<std::mutex> guard(lock);
    if (function == nullptr)
        return;
    /* Ark demands that the function is finalised before its environment is gone; Node.js would do it
     * itself. Letters that wait are handed to deliver() with no environment. */
    napi_release_threadsafe_function(function, napi_tsfn_abort);
    function = nullptr;
}

} // namespace bridge
