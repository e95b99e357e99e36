import { useId } from 'react';
import { ownCamera } from './own-camera.ts';
import type { CaptureDevice } from './publish.ts';
import { useOwnCamera } from './useOwnCamera.ts';

/** Which camera and which microphone. */
export function DeviceChoice() {
  const { devices, cameraId, microphoneId } = useOwnCamera();
  return (
    <div className="device-choice">
      <Choice
        label="Camera"
        devices={devices.cameras}
        chosen={cameraId}
        onChoose={(id) => void ownCamera.choosePicture(id)}
      />
      <Choice
        label="Microphone"
        devices={devices.microphones}
        chosen={microphoneId}
        onChoose={(id) => void ownCamera.chooseSound(id)}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly devices: readonly CaptureDevice[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

function Choice({ label, devices, chosen, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={devices.some((device) => device.id === chosen) ? chosen : ''}
        disabled={devices.length === 0}
        onChange={(event) => onChoose(event.target.value)}
      >
        {devices.some((device) => device.id === chosen) ? null : (
          <option value="" disabled>
            {devices.length === 0 ? 'None found' : 'Choose one'}
          </option>
        )}
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.name === '' ? `${label} ${index + 1}` : device.name}
          </option>
        ))}
      </select>
    </div>
  );
}
