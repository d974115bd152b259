// SPDX-License-Identifier: Apache-2.0

/* The module names that ArkTS programs import, for programs that run with camera-session/register. A program's
   tsconfig.json names them: "types": ["node", "camera-session/register"]. */

/// <reference path="./kits-all.d.ts" />

declare module '@kit.CameraKit' {
  export import camera = CameraSessionKits.camera;
  const kit: { camera: typeof camera };
  export default kit;
}

declare module '@kit.ImageKit' {
  export import image = CameraSessionKits.image;
  const kit: { image: typeof image };
  export default kit;
}

declare module '@kit.MediaKit' {
  export import media = CameraSessionKits.media;
  const kit: { media: typeof media };
  export default kit;
}

declare module '@kit.BasicServicesKit' {
  export import AsyncCallback = CameraSessionKits.base.AsyncCallback;
  export import BusinessError = CameraSessionKits.base.BusinessError;
  export import Callback = CameraSessionKits.base.Callback;
  export import ErrorCallback = CameraSessionKits.base.ErrorCallback;
}

declare module '@kit.AbilityKit' {
  export import common = CameraSessionKits.common;
  export import BaseContext = CameraSessionKits.common.BaseContext;
  export import Context = CameraSessionKits.common.Context;
  export import UIAbilityContext = CameraSessionKits.common.UIAbilityContext;
}

declare module '@kit.ArkGraphics2D' {
  export import colorSpaceManager = CameraSessionKits.colorSpaceManager;
  const kit: { colorSpaceManager: typeof colorSpaceManager };
  export default kit;
}

declare module '@ohos.base' {
  export import AsyncCallback = CameraSessionKits.base.AsyncCallback;
  export import BusinessError = CameraSessionKits.base.BusinessError;
  export import Callback = CameraSessionKits.base.Callback;
  export import ErrorCallback = CameraSessionKits.base.ErrorCallback;
}

declare module '@ohos.graphics.colorSpaceManager' {
  export import colorSpaceManager = CameraSessionKits.colorSpaceManager;
  export default colorSpaceManager;
}

declare module '@ohos.multimedia.camera' {
  export import camera = CameraSessionKits.camera;
  export default camera;
}

declare module '@ohos.multimedia.image' {
  export import image = CameraSessionKits.image;
  export default image;
}

declare module '@ohos.multimedia.media' {
  export import media = CameraSessionKits.media;
  export default media;
}
