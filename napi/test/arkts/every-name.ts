// SPDX-License-Identifier: Apache-2.0

/* Compiled, never run: every name of a module, with all that programs import from it. */

import cameraKit, { camera } from '@kit.CameraKit';
import imageKit, { image } from '@kit.ImageKit';
import mediaKit, { media } from '@kit.MediaKit';
import graphicsKit, { colorSpaceManager } from '@kit.ArkGraphics2D';
import { AsyncCallback, BusinessError, Callback, ErrorCallback } from '@kit.BasicServicesKit';
import { BaseContext, common, Context, UIAbilityContext } from '@kit.AbilityKit';
import * as base from '@ohos.base';
import colorSpaces, { colorSpaceManager as namedColorSpaces } from '@ohos.graphics.colorSpaceManager';
import cameras, { camera as namedCamera } from '@ohos.multimedia.camera';
import images, { image as namedImage } from '@ohos.multimedia.image';
import medias, { media as namedMedia } from '@ohos.multimedia.media';
import * as all from 'camera-session';
// @ts-expect-error: nothing else is exported.
import { kit } from '@kit.CameraKit';

import { exactly, some } from './exactly.js';

/* Values are the same under each name. */
exactly<typeof all.camera>()(some<typeof camera>());
exactly<typeof all.camera>()(some<typeof cameraKit.camera>());
exactly<typeof all.camera>()(some<typeof cameras>());
exactly<typeof all.camera>()(some<typeof namedCamera>());
exactly<typeof all.image>()(some<typeof image>());
exactly<typeof all.image>()(some<typeof imageKit.image>());
exactly<typeof all.image>()(some<typeof images>());
exactly<typeof all.image>()(some<typeof namedImage>());
exactly<typeof all.media>()(some<typeof media>());
exactly<typeof all.media>()(some<typeof mediaKit.media>());
exactly<typeof all.media>()(some<typeof medias>());
exactly<typeof all.media>()(some<typeof namedMedia>());
exactly<typeof all.colorSpaceManager>()(some<typeof colorSpaceManager>());
exactly<typeof all.colorSpaceManager>()(some<typeof graphicsKit.colorSpaceManager>());
exactly<typeof all.colorSpaceManager>()(some<typeof colorSpaces>());
exactly<typeof all.colorSpaceManager>()(some<typeof namedColorSpaces>());

/* And so are types. */
exactly<all.camera.PhotoSession>()(some<camera.PhotoSession>());
exactly<all.camera.PhotoSession>()(some<cameras.PhotoSession>());
exactly<all.camera.PhotoSession>()(some<namedCamera.PhotoSession>());
exactly<all.image.Image>()(some<image.Image>());
exactly<all.image.Image>()(some<images.Image>());
exactly<all.media.AVRecorder>()(some<media.AVRecorder>());
exactly<all.media.AVRecorder>()(some<medias.AVRecorder>());
exactly<all.colorSpaceManager.ColorSpace>()(some<colorSpaces.ColorSpace>());
exactly<all.BusinessError<number>>()(some<BusinessError<number>>());
exactly<all.BusinessError>()(some<base.BusinessError>());
exactly<all.AsyncCallback<number>>()(some<AsyncCallback<number>>());
exactly<all.Callback<number>>()(some<Callback<number>>());
exactly<all.ErrorCallback>()(some<ErrorCallback>());

/* Contexts, as programs have them. */
export class Page {
  private context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  manager(): camera.CameraManager {
    return camera.getCameraManager(this.context);
  }
}

export function managers(base: common.BaseContext, plain: common.Context, ability: common.UIAbilityContext): camera.CameraManager[] {
  exactly<BaseContext>()(base);
  exactly<Context>()(plain);
  exactly<UIAbilityContext>()(ability);
  return [new Page(plain).manager(), new Page(ability).manager(), camera.getCameraManager(base), cameras.getCameraManager(ability)];
}
