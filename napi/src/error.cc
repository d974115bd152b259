/* SPDX-License-Identifier: Apache-2.0
 *
 * Errors as JavaScript gets them: an Error with a numeric code, the contract's text, and a detail. */
#include "bridge.h"

namespace bridge {

napi_value make_error_text(napi_env env, int32_t code, const std::string &text, const std::string &detail)
{
    napi_value message = make_string(env, text);
    napi_value error = nullptr;
    /* The code is a property set afterwards: Node-API takes only a string, and applications compare
     * numbers. */
    if (message == nullptr || napi_create_error(env, nullptr, message, &error) != napi_ok)
        return nullptr;
    put(env, error, "code", static_cast<int64_t>(code));
    put(env, error, "detail", detail);
    return error;
}

napi_value make_error(napi_env env, int32_t code, const std::string &detail)
{
    return make_error_text(env, code, camera_error_text(code), detail);
}

napi_value throw_error(napi_env env, int32_t code, const std::string &detail)
{
    napi_value error = make_error(env, code, detail);
    if (error != nullptr)
        napi_throw(env, error);
    return nullptr;
}

napi_value throw_argument(napi_env env, const std::string &detail)
{
    return throw_error(env, CAMERA_ERROR_INVALID_ARGUMENT, detail);
}

bool succeeded(napi_env env, int32_t code)
{
    if (code == CAMERA_OK)
        return true;
    throw_error(env, code, camera_error_detail());
    return false;
}

void report_exception(napi_env env)
{
    bool pending = false;
    napi_value exception;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
        napi_get_and_clear_last_exception(env, &exception) == napi_ok)
        napi_fatal_exception(env, exception);
}

} // namespace bridge
