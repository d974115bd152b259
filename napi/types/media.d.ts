// SPDX-License-Identifier: Apache-2.0

/* The module `media`: recordings. Its errors have codes of AVErrorCode. */

import type { AsyncCallback, Callback, ErrorCallback } from './base';
import type * as photoAccessHelper from './photo-access-helper';

/** The codes of this module's errors. */
export declare enum AVErrorCode {
  AVERR_OK = 0,
  AVERR_NO_PERMISSION = 201,
  AVERR_INVALID_PARAMETER = 401,
  AVERR_UNSUPPORT_CAPABILITY = 801,
  AVERR_NO_MEMORY = 5400101,
  AVERR_OPERATE_NOT_PERMIT = 5400102,
  AVERR_IO = 5400103,
  AVERR_TIMEOUT = 5400104,
  AVERR_SERVICE_DIED = 5400105,
  AVERR_UNSUPPORT_FORMAT = 5400106,
  AVERR_AUDIO_INTERRUPTED = 5400107,
}

/** Codecs. Nothing is encoded: what the camera gives is written. VIDEO_MJPEG is an addition of this package. */
export declare enum CodecMimeType {
  VIDEO_H263 = 'video/h263',
  VIDEO_AVC = 'video/avc',
  VIDEO_MPEG2 = 'video/mpeg2',
  VIDEO_MPEG4 = 'video/mp4v-es',
  VIDEO_VP8 = 'video/x-vnd.on2.vp8',
  VIDEO_HEVC = 'video/hevc',
  VIDEO_MJPEG = 'video/mjpeg',
  AUDIO_AAC = 'audio/mp4a-latm',
  AUDIO_VORBIS = 'audio/vorbis',
  AUDIO_FLAC = 'audio/flac',
  AUDIO_MP3 = 'audio/mpeg',
  AUDIO_G711MU = 'audio/g711mu',
  AUDIO_AMR_NB = 'audio/3gpp',
  AUDIO_AMR_WB = 'audio/amr-wb',
}

/** Kinds of files. CFT_MKV and CFT_Y4M are additions of this package, and what is written. */
export declare enum ContainerFormatType {
  CFT_MPEG_4 = 'mp4',
  CFT_MPEG_4A = 'm4a',
  CFT_MP3 = 'mp3',
  CFT_WAV = 'wav',
  CFT_AMR = 'amr',
  CFT_AAC = 'aac',
  CFT_MKV = 'mkv',
  CFT_Y4M = 'y4m',
}

/** Where sound comes from. No sound is recorded. */
export declare enum AudioSourceType {
  AUDIO_SOURCE_TYPE_DEFAULT = 0,
  AUDIO_SOURCE_TYPE_MIC = 1,
  AUDIO_SOURCE_TYPE_VOICE_RECOGNITION = 2,
  AUDIO_SOURCE_TYPE_VOICE_COMMUNICATION = 7,
  AUDIO_SOURCE_TYPE_VOICE_MESSAGE = 10,
  AUDIO_SOURCE_TYPE_CAMCORDER = 13,
}

/** What the surface takes. */
export declare enum VideoSourceType {
  VIDEO_SOURCE_TYPE_SURFACE_YUV = 0,
  VIDEO_SOURCE_TYPE_SURFACE_ES = 1,
}

/** Who changed the state. */
export declare enum StateChangeReason {
  USER = 1,
  BACKGROUND = 2,
}

/** Who makes the file. */
export declare enum FileGenerationMode {
  APP_CREATE = 0,
  AUTO_CREATE_CAMERA_SCENE = 1,
}

/** What a recorder does. */
export type AVRecorderState = 'idle' | 'prepared' | 'started' | 'paused' | 'stopped' | 'released' | 'error';

/**
 * How it is recorded. What cannot be had is told by a warning. Size and rate are hints, without a warning: the file has
 * what arrives, and that is what the video output's profile says. Nothing is encoded, so that the bitrate is the
 * camera's: plain frames of 1280x720 at 60 per second are about 80 MB a second. Small files are made by VIDEO_MJPEG
 * together with a video output whose profile has the camera's own MJPG format.
 */
export interface AVRecorderProfile {
  audioBitrate?: number;
  audioChannels?: number;
  audioCodec?: CodecMimeType;
  audioSampleRate?: number;
  fileFormat: ContainerFormatType;
  /** Not used: nothing is encoded. */
  videoBitrate?: number;
  videoCodec?: CodecMimeType;
  /** A hint: the file has the size of the frames that arrive. */
  videoFrameWidth?: number;
  /** A hint, too. */
  videoFrameHeight?: number;
  /** A hint: the file has the frames that arrive. */
  videoFrameRate?: number;
  isHdr?: boolean;
  enableTemporalScale?: boolean;
  enableStableQualityMode?: boolean;
}

/** Where on earth it is recorded. */
export interface Location {
  latitude: number;
  longitude: number;
}

/** What is recorded, and where to. */
export interface AVRecorderConfig {
  audioSourceType?: AudioSourceType;
  videoSourceType?: VideoSourceType;
  profile: AVRecorderProfile;
  /** 'fd://N', a file that the program opened and closes, or 'file:///path'. */
  url: string;
  fileGenerationMode?: FileGenerationMode;
  /** 0, 90, 180 or 270. */
  rotation?: number;
  location?: Location;
  /** Seconds after which it stops by itself. */
  maxDuration?: number;
  metadata?: object;
}

/** What can encode: nothing does here. */
export interface EncoderInfo {
  mimeType: CodecMimeType;
  type: string;
}

/**
 * A recording. Its operations run in the order of their calls. 5400102: not in this state; 5400103: the file
 * cannot be written; 401: a wrong argument.
 */
export interface AVRecorder {
  readonly state: AVRecorderState;
  /** From idle or stopped to prepared. The file is opened by start(), not here. Codes: 401, 5400102. */
  prepare(config: AVRecorderConfig, callback: AsyncCallback<void>): void;
  prepare(config: AVRecorderConfig): Promise<void>;
  /** The config as it was prepared. Codes: 5400102. */
  getAVRecorderConfig(callback: AsyncCallback<AVRecorderConfig>): void;
  getAVRecorderConfig(): Promise<AVRecorderConfig>;
  /** When prepared: the surface id for createVideoOutput(). Codes: 5400102. */
  getInputSurface(callback: AsyncCallback<string>): void;
  getInputSurface(): Promise<string>;
  /** From prepared to started: opens the file. 5400103: it cannot be made. Codes: 5400102, 5400103. */
  start(callback: AsyncCallback<void>): void;
  start(): Promise<void>;
  /** From started to paused. Codes: 5400102, 5400103. */
  pause(callback: AsyncCallback<void>): void;
  pause(): Promise<void>;
  /** From paused to started. Codes: 5400102, 5400103. */
  resume(callback: AsyncCallback<void>): void;
  resume(): Promise<void>;
  /** From started or paused to stopped: the file is finished. Codes: 5400102, 5400103. */
  stop(callback: AsyncCallback<void>): void;
  stop(): Promise<void>;
  /** To idle. Codes: 5400102, 5400103. */
  reset(callback: AsyncCallback<void>): void;
  reset(): Promise<void>;
  /** To released, for good; the file is finished. Codes: 5400102, 5400103. */
  release(callback: AsyncCallback<void>): void;
  release(): Promise<void>;
  /** False: frames are written as they come. */
  isWatermarkSupported(callback: AsyncCallback<boolean>): void;
  isWatermarkSupported(): Promise<boolean>;
  /** Empty: nothing is encoded here. */
  getAvailableEncoder(callback: AsyncCallback<EncoderInfo[]>): void;
  getAvailableEncoder(): Promise<EncoderInfo[]>;
  /** Not available. Codes: 5400102. */
  updateRotation(rotation: number): Promise<void>;
  /** Not available. Codes: 5400102. */
  setWatermark(watermark: object, config: object): Promise<void>;
  /** Not available. Codes: 5400102. */
  getCurrentAudioCapturerInfo(callback: AsyncCallback<object>): void;
  getCurrentAudioCapturerInfo(): Promise<object>;
  /** Not available. Codes: 5400102. */
  getAudioCapturerMaxAmplitude(callback: AsyncCallback<number>): void;
  getAudioCapturerMaxAmplitude(): Promise<number>;
  /** The state changed. */
  on(type: 'stateChange', callback: OnAVRecorderStateChangeHandler): void;
  once(type: 'stateChange', callback: OnAVRecorderStateChangeHandler): void;
  off(type: 'stateChange', callback?: OnAVRecorderStateChangeHandler): void;
  onStateChange(callback: OnAVRecorderStateChangeHandler): void;
  offStateChange(callback?: OnAVRecorderStateChangeHandler): void;
  /** The recording failed: its state is 'error'. */
  on(type: 'error', callback: ErrorCallback): void;
  once(type: 'error', callback: ErrorCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;
  onError(callback: ErrorCallback): void;
  offError(callback?: ErrorCallback): void;
  /** Never: no sound is recorded. */
  on(type: 'audioCapturerChange', callback: Callback<object>): void;
  once(type: 'audioCapturerChange', callback: Callback<object>): void;
  off(type: 'audioCapturerChange', callback?: Callback<object>): void;
  onAudioCapturerChange(callback: Callback<object>): void;
  offAudioCapturerChange(callback?: Callback<object>): void;
  /** Never: there is no media library. */
  on(type: 'photoAssetAvailable', callback: Callback<photoAccessHelper.PhotoAsset>): void;
  once(type: 'photoAssetAvailable', callback: Callback<photoAccessHelper.PhotoAsset>): void;
  off(type: 'photoAssetAvailable', callback?: Callback<photoAccessHelper.PhotoAsset>): void;
  onPhotoAssetAvailable(callback: Callback<photoAccessHelper.PhotoAsset>): void;
  offPhotoAssetAvailable(callback?: Callback<photoAccessHelper.PhotoAsset>): void;
  /** Addition of this package: something of the config cannot be had. One sentence. */
  on(type: 'warning', callback: Callback<string>): void;
  once(type: 'warning', callback: Callback<string>): void;
  off(type: 'warning', callback?: Callback<string>): void;
  onWarning(callback: Callback<string>): void;
  offWarning(callback?: Callback<string>): void;
}

/** Called with the state and who changed it. */
export type OnAVRecorderStateChangeHandler = (state: AVRecorderState, reason: StateChangeReason) => void;

/** A recorder; its state is idle. */
export declare function createAVRecorder(callback: AsyncCallback<AVRecorder>): void;
export declare function createAVRecorder(): Promise<AVRecorder>;
