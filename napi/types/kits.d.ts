// SPDX-License-Identifier: Apache-2.0

/* The module names that ArkTS programs import, for programs that run with camera-session/register. A program's
   tsconfig.json names them: "types": ["node", "camera-session/register"]. */

declare module '@kit.CameraKit' {
  export * from 'camera-session/kits/@kit.CameraKit';
  import all from 'camera-session/kits/@kit.CameraKit';
  export default all;
}

declare module '@kit.ImageKit' {
  export * from 'camera-session/kits/@kit.ImageKit';
  import all from 'camera-session/kits/@kit.ImageKit';
  export default all;
}

declare module '@kit.MediaKit' {
  export * from 'camera-session/kits/@kit.MediaKit';
  import all from 'camera-session/kits/@kit.MediaKit';
  export default all;
}

declare module '@kit.BasicServicesKit' {
  export * from 'camera-session/kits/@kit.BasicServicesKit';
}

declare module '@kit.AbilityKit' {
  export * from 'camera-session/kits/@kit.AbilityKit';
}

declare module '@kit.ArkGraphics2D' {
  export * from 'camera-session/kits/@kit.ArkGraphics2D';
  import all from 'camera-session/kits/@kit.ArkGraphics2D';
  export default all;
}

declare module '@ohos.base' {
  export * from 'camera-session/kits/@ohos.base';
}

declare module '@ohos.graphics.colorSpaceManager' {
  export * from 'camera-session/kits/@ohos.graphics.colorSpaceManager';
  import all from 'camera-session/kits/@ohos.graphics.colorSpaceManager';
  export default all;
}

declare module '@ohos.multimedia.camera' {
  export * from 'camera-session/kits/@ohos.multimedia.camera';
  import all from 'camera-session/kits/@ohos.multimedia.camera';
  export default all;
}

declare module '@ohos.multimedia.image' {
  export * from 'camera-session/kits/@ohos.multimedia.image';
  import all from 'camera-session/kits/@ohos.multimedia.image';
  export default all;
}

declare module '@ohos.multimedia.media' {
  export * from 'camera-session/kits/@ohos.multimedia.media';
  import all from 'camera-session/kits/@ohos.multimedia.media';
  export default all;
}
