/* SPDX-License-Identifier: Apache-2.0
 *
 * The url of a recording: "fd://N" or "file:///path". */
#include "recorder_config.h"

#include <climits>

namespace bridge {

namespace {

bool begins_with(const std::string &text, const char *beginning, size_t *length)
{
    *length = std::string(beginning).size();
    return text.compare(0, *length, beginning) == 0;
}

/* A decimal number that fits into an fd, without sign or space. */
bool read_fd(const std::string &digits, int32_t *fd)
{
    int64_t number = 0;
    if (digits.empty() || digits.size() > 10)
        return false;
    for (char digit : digits) {
        if (digit < '0' || digit > '9')
            return false;
        number = number * 10 + (digit - '0');
    }
    *fd = static_cast<int32_t>(number);
    return number <= INT_MAX;
}

int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The path behind "file://", its bytes decoded. */
bool decode_path(const std::string &encoded, std::string *path, std::string *why)
{
    for (size_t at = 0; at < encoded.size(); at++) {
        char byte = encoded[at];
        /* They would begin a query or a fragment, which a file has not; a path that was put behind "file://"
         * as it is would lose its end. */
        if (byte == '?' || byte == '#') {
            *why = std::string("config.url has a \"") + byte + "\", which must be written as " +
                   (byte == '?' ? "%3F" : "%23") + "; pathToFileURL() of node:url does so";
            return false;
        }
        if (byte == '%') {
            int high = at + 2 < encoded.size() ? hex_digit(encoded[at + 1]) : -1;
            int low = at + 2 < encoded.size() ? hex_digit(encoded[at + 2]) : -1;
            if (high < 0 || low < 0) {
                *why = "config.url has a \"%\" without two hexadecimal digits behind it; a percent sign is written as %25";
                return false;
            }
            byte = static_cast<char>(high * 16 + low);
            at += 2;
        }
        if (byte == '\0') {
            *why = "config.url has a zero byte, which no path can have";
            return false;
        }
        path->push_back(byte);
    }
    return true;
}

} // namespace

bool read_recording_url(const std::string &url, RecordingTarget *target, std::string *why)
{
    size_t length;
    *target = RecordingTarget();
    if (begins_with(url, "fd://", &length)) {
        if (read_fd(url.substr(length), &target->fd))
            return true;
        *why = "config.url is \"" + url + "\", and behind \"fd://\" must be the number of a file descriptor";
        return false;
    }
    if (begins_with(url, "file:///", &length))
        return decode_path(url.substr(length - 1), &target->path, why);
    if (begins_with(url, "file://localhost/", &length))
        return decode_path(url.substr(length - 1), &target->path, why);
    *why = "config.url must be \"fd://N\" or \"file:///path\", not \"" + url + "\"";
    return false;
}

} // namespace bridge
