/* SPDX-License-Identifier: Apache-2.0
 *
 * JavaScript values, made and read. */
#include "bridge.h"

#include <cmath>

namespace bridge {

napi_value undefined(napi_env env)
{
    napi_value value = nullptr;
    napi_get_undefined(env, &value);
    return value;
}

napi_value make_bool(napi_env env, bool flag)
{
    napi_value value = nullptr;
    napi_get_boolean(env, flag, &value);
    return value;
}

napi_value make_int(napi_env env, int64_t number)
{
    napi_value value = nullptr;
    napi_create_int64(env, number, &value);
    return value;
}

napi_value make_double(napi_env env, double number)
{
    napi_value value = nullptr;
    napi_create_double(env, number, &value);
    return value;
}

napi_value make_string(napi_env env, const std::string &text)
{
    napi_value value = nullptr;
    napi_create_string_utf8(env, text.data(), text.size(), &value);
    return value;
}

napi_value make_object(napi_env env)
{
    napi_value value = nullptr;
    napi_create_object(env, &value);
    return value;
}

napi_value make_array(napi_env env)
{
    napi_value value = nullptr;
    napi_create_array(env, &value);
    return value;
}

void put(napi_env env, napi_value object, const char *name, napi_value value)
{
    /* Defined, not assigned: a program may have put a setter of this name into Object.prototype. */
    napi_property_descriptor property = {name, nullptr, nullptr, nullptr, nullptr, value, napi_default_jsproperty, nullptr};
    if (object != nullptr && value != nullptr)
        napi_define_properties(env, object, 1, &property);
}

void put(napi_env env, napi_value object, const char *name, int64_t value)
{
    put(env, object, name, make_int(env, value));
}

void put(napi_env env, napi_value object, const char *name, const std::string &value)
{
    put(env, object, name, make_string(env, value));
}

void push(napi_env env, napi_value array, napi_value value)
{
    uint32_t length = 0;
    if (array != nullptr && value != nullptr && napi_get_array_length(env, array, &length) == napi_ok)
        napi_set_element(env, array, length, value);
}

napi_valuetype type_of(napi_env env, napi_value value)
{
    napi_valuetype type = napi_undefined;
    if (value != nullptr)
        napi_typeof(env, value, &type);
    return type;
}

bool is_function(napi_env env, napi_value value)
{
    return type_of(env, value) == napi_function;
}

bool is_object(napi_env env, napi_value value)
{
    return type_of(env, value) == napi_object;
}

napi_value get(napi_env env, napi_value object, const char *name)
{
    napi_value value = nullptr;
    return napi_get_named_property(env, object, name, &value) == napi_ok ? value : nullptr;
}

bool read_bool(napi_env env, napi_value value, bool *out)
{
    return type_of(env, value) == napi_boolean && napi_get_value_bool(env, value, out) == napi_ok;
}

bool read_double(napi_env env, napi_value value, double *out)
{
    double number;
    if (type_of(env, value) != napi_number || napi_get_value_double(env, value, &number) != napi_ok ||
        std::isnan(number))
        return false;
    *out = number;
    return true;
}

bool read_int32(napi_env env, napi_value value, int32_t *out)
{
    double number;
    if (!read_double(env, value, &number) || number != std::floor(number) || number < INT32_MIN || number > INT32_MAX)
        return false;
    *out = static_cast<int32_t>(number);
    return true;
}

bool read_uint32(napi_env env, napi_value value, uint32_t *out)
{
    double number;
    if (!read_double(env, value, &number) || number != std::floor(number) || number < 0 || number > UINT32_MAX)
        return false;
    *out = static_cast<uint32_t>(number);
    return true;
}

bool read_string(napi_env env, napi_value value, std::string *out)
{
    size_t length = 0;
    if (type_of(env, value) != napi_string || napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok)
        return false;
    std::string text(length + 1, '\0'); /* with room for the zero that is written behind it */
    if (napi_get_value_string_utf8(env, value, &text[0], text.size(), &length) != napi_ok)
        return false;
    text.resize(length);
    *out = std::move(text);
    return true;
}

std::string describe(napi_env env, napi_value value)
{
    double number;
    switch (type_of(env, value)) {
    case napi_undefined:
        return "undefined";
    case napi_null:
        return "null";
    case napi_boolean:
        return "a boolean";
    case napi_string:
        return "a string";
    case napi_function:
        return "a function";
    case napi_object:
        return "an object";
    case napi_number:
        if (read_double(env, value, &number)) {
            char text[40];
            snprintf(text, sizeof text, "the number %.15g", number);
            return text;
        }
        return "the number NaN";
    default:
        return "a value of another type";
    }
}

} // namespace bridge
