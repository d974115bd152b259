/* SPDX-License-Identifier: Apache-2.0
 *
 * What sets how much light, and which, makes the picture: flash, exposure, ISO, aperture, white balance. */
#include "session_parts.h"

namespace bridge {

namespace {

const char *const no_tint = "V4L2 has no control for the tint of colours; setWhiteBalance() sets their temperature";
const char *const no_aperture = "the lenses of V4L2 cameras have no aperture that could be set; setExposureDuration() and "
                                "setIso() set how much light there is";

/* getExposureBiasRange(): [least, greatest]. The library tells the step with them, which has a method of its
 * own. */
int32_t exposure_bias_range(camera_session *session, float *least, float *greatest)
{
    float step;
    return camera_session_get_exposure_bias_range(session, least, greatest, &step);
}

} // namespace

const SessionMethods flash_methods = {
    {"hasFlash", get_value<camera_session_has_flash>},
    {"isFlashModeSupported", is_supported<camera_session_is_flash_mode_supported>, "the flash mode"},
    {"getFlashMode", get_value<camera_session_get_flash_mode>},
    {"setFlashMode", set_value<camera_session_set_flash_mode>, "the flash mode"},
};

/* Biases are in EV, and points from 0, 0 at the upper left to 1, 1. */
const SessionMethods exposure_methods = {
    {"isExposureModeSupported", is_supported<camera_session_is_exposure_mode_supported>, "the exposure mode"},
    {"getExposureMode", get_value<camera_session_get_exposure_mode>},
    {"setExposureMode", set_value<camera_session_set_exposure_mode>, "the exposure mode"},
    {"isExposureMeteringModeSupported", is_supported<camera_session_is_exposure_metering_mode_supported>,
     "the metering mode"},
    {"getExposureMeteringMode", get_value<camera_session_get_exposure_metering_mode>},
    {"setExposureMeteringMode", set_value<camera_session_set_exposure_metering_mode>, "the metering mode"},
    {"getMeteringPoint", get_value<camera_session_get_metering_point>},
    {"setMeteringPoint", set_value<camera_session_set_metering_point>, "the metering point"},
    {"getExposureBiasRange", get_range<exposure_bias_range>},
    {"setExposureBias", set_value<camera_session_set_exposure_bias>, "the exposure bias"},
    {"getExposureValue", get_value<camera_session_get_exposure_value>},
};

/* Durations are in microseconds, in the library as in Camera Kit. */
const SessionMethods manual_exposure_methods = {
    {"getSupportedExposureDurationRange", get_range<camera_session_get_supported_exposure_duration_range>},
    {"getExposureBiasStep", get_value<camera_session_get_exposure_bias_step>},
    {"getExposureDuration", get_value<camera_session_get_exposure_duration>},
    {"setExposureDuration", set_value<camera_session_set_exposure_duration>, "the exposure duration"},
};

const SessionMethods manual_iso_methods = {
    {"getSupportedIsoRange", get_range<camera_session_get_supported_iso_range>},
    {"getIso", get_value<camera_session_get_iso>},
    {"setIso", set_value<camera_session_set_iso>, "the ISO speed"},
};

const SessionMethods aperture_methods = {
    {"getSupportedPhysicalApertures", none_supported<0>},
    {"getPhysicalAperture", missing, nullptr, no_aperture},
    {"setPhysicalAperture", missing_for<double>, "the aperture", no_aperture},
};

/* Temperatures are in kelvin. */
const SessionMethods white_balance_methods = {
    {"isWhiteBalanceModeSupported", is_supported<camera_session_is_white_balance_mode_supported>,
     "the white balance mode"},
    {"getWhiteBalanceMode", get_value<camera_session_get_white_balance_mode>},
    {"setWhiteBalanceMode", set_value<camera_session_set_white_balance_mode>, "the white balance mode"},
    {"getWhiteBalanceRange", get_range<camera_session_get_white_balance_range>},
    {"getWhiteBalance", get_value<camera_session_get_white_balance>},
    {"setWhiteBalance", set_value<camera_session_set_white_balance>, "the colour temperature"},
    {"getColorTintRange", none_supported<0>},
    {"getColorTint", missing, nullptr, no_tint},
    {"setColorTint", missing_for<int32_t>, "the tint", no_tint},
};

} // namespace bridge
