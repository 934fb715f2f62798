import { Events, type default as Hls, type MediaPlaylist } from 'hls.js';

/**
 * Shows the subtitles that hls.js reads. hls.js would add `track` elements with `data:` URLs, which the policy of the
 * page forbids.
 */
export function showSubtitles(hls: Hls, video: HTMLVideoElement): void {
  const shown = new Map<string, TextTrack>();
  const idOf = ({ groupId, name, lang = '' }: MediaPlaylist) => `${groupId} ${name} ${lang}`;

  hls.on(Events.CUES_PARSED, (_, { cues, subtitleTrack }) => {
    if (!subtitleTrack) return;
    const { name, lang } = subtitleTrack;
    const id = idOf(subtitleTrack);
    let track = shown.get(id);
    if (!track) {
      track = video.addTextTrack('subtitles', name, lang);
      shown.set(id, track);
      select();
    }
    for (const cue of cues as VTTCue[]) {
      // After a seek, the same file is read again.
      if (![...(track.cues ?? [])].some((known) => known.startTime === cue.startTime && (known as VTTCue).text === cue.text)) {
        track.addCue(cue);
      }
    }
  });
  hls.on(Events.SUBTITLE_TRACK_SWITCH, select);

  function select(): void {
    const chosen = hls.subtitleTracks[hls.subtitleTrack];
    const id = chosen && idOf(chosen);
    for (const [each, track] of shown) track.mode = each === id ? 'showing' : 'hidden';
  }
}
