/** The page's words in Hindi. */
import type { Words } from './en.ts';
import { counted, number, plain } from './locale.ts';

const daysLong = (n: number) => counted(n, { one: '# दिन', other: '# दिनों' });
const signedOut = (days: number) =>
  `आप साइन आउट हो गए हैं: साइन इन ${daysLong(days)} तक चलता है, और गैलरी के मालिक उसे पहले भी ख़त्म कर सकते हैं।`;

export const hi: Words = {
  page: {
    loading: 'लोड हो रहा है',
    language: 'भाषा',
    tryAgain: 'फिर से कोशिश करें',
    close: 'बंद करें',
    cancel: 'रद्द करें',
    download: 'डाउनलोड करें',
    settings: 'सेटिंग',
    request: 'अनुरोध',
    comma: ', ',
  },

  login: {
    lead: 'यह गैलरी निजी है। कृपया आपको दिया गया पासवर्ड डालें।',
    password: 'पासवर्ड',
    show: 'पासवर्ड दिखाएँ',
    hide: 'पासवर्ड छिपाएँ',
    enter: 'गैलरी खोलें',
    stay: (days: number) => `इस डिवाइस पर आप ${daysLong(days)} तक साइन इन रहेंगे।`,
    empty: 'कृपया पासवर्ड डालें।',
    wrong: 'यह पासवर्ड सही नहीं है। कृपया फिर से कोशिश करें।',
    linkEnded: 'यह लिंक अब मान्य नहीं है या अधूरा है। कृपया नया लिंक माँगें।',
    wait: (seconds: number) => `बहुत ज़्यादा बार कोशिश हुई। कृपया ${number(seconds)} सेकंड रुकें।`,
    expired: (days: number) => `${signedOut(days)} कृपया पासवर्ड फिर से डालें।`,
    expiredLink: (days: number) => `${signedOut(days)} कृपया पासवर्ड फिर से डालें, या अपना लिंक फिर से खोलें।`,
    noCookie:
      'आपके ब्राउज़र ने साइन इन की कुकी नहीं रखी। कृपया इस पेज के लिए कुकी की अनुमति दें और फिर से कोशिश करें।',
    noCookieLink:
      'आपके ब्राउज़र ने साइन इन की कुकी नहीं रखी। कृपया इस पेज के लिए कुकी की अनुमति दें और लिंक फिर से खोलें।',
  },

  header: {
    show: 'दिखाएँ',
    all: 'सभी',
    photos: 'फ़ोटो',
    films: 'वीडियो',
    favourites: 'पसंदीदा',
    albums: 'एल्बम',
    logout: 'लॉग आउट करें',
    logoutFailed: 'लॉग आउट नहीं हो सका।',
    downloadNotOpened: 'डाउनलोड नहीं खुल सका। कृपया अपना कनेक्शन जाँचें और पेज को फिर से लोड करें।',
  },

  select: {
    label: 'चयन',
    start: 'चुनें',
    day: (day: string) => `${day} चुनें`,
    count: (n: number) => counted(n, { one: '# चुना गया', other: '# चुने गए' }),
    selected: 'चुना गया',
    favourite: 'पसंदीदा',
    clear: 'चयन समाप्त करें',
    download: 'चुने हुए डाउनलोड करें',
    share: 'चुने हुए साझा करें',
    like: 'पसंदीदा में जोड़ें',
    unlike: 'पसंदीदा से हटाएँ',
    failed: 'सब कुछ चुना नहीं जा सका। कृपया अपना कनेक्शन जाँचें।',
    most: (n: number) => `अधिकतम ${counted(n, { one: '# आइटम चुना जा सकता है', other: '# आइटम चुने जा सकते हैं' })}।`,
  },

  favourites: {
    none: 'अभी कोई पसंदीदा नहीं',
    how: 'तस्वीरें चुनें और दिल पर टैप करें।',
    stay:
      'पसंदीदा इसी ब्राउज़र में रहते हैं। एक हफ़्ते तक न आने पर कुछ ब्राउज़र उन्हें भूल जाते हैं: ' +
      'कॉपी किए गए लिंक में वे बने रहते हैं।',
    share: 'लिंक कॉपी करें',
    copied: 'लिंक कॉपी हो गया। गैलरी देख सकने वाला हर व्यक्ति इससे ये पसंदीदा देख सकता है।',
    shared: 'ये एक लिंक के पसंदीदा हैं।',
    keep: 'अपने पसंदीदा बनाएँ',
    kept: 'ये आपके पसंदीदा में जोड़ दिए गए।',
    lost: (n: number) => counted(n, { one: '# अब गैलरी में नहीं है।', other: '# अब गैलरी में नहीं हैं।' }),
  },

  scrubber: 'समय',

  grid: {
    label: 'फ़ोटो और वीडियो',
    undated: 'बिना तारीख़',
    news: 'यहाँ कुछ नया है',
    tryingAgain: (reason: string) => `${reason} फिर से कोशिश की जा रही है।`,
    noPhotos: 'अभी कोई फ़ोटो नहीं है',
    noFilms: 'अभी कोई वीडियो नहीं है',
    nothing: 'अभी कोई फ़ोटो या वीडियो नहीं है',
    appear: 'जोड़े जाते ही वे यहाँ दिखाई देंगे।',
    photos: (n: number) => counted(n, { one: '# फ़ोटो', other: '# फ़ोटो' }),
    films: (n: number) => counted(n, { one: '# वीडियो', other: '# वीडियो' }),
    items: (n: number) => counted(n, { one: '# आइटम', other: '# आइटम' }),
    toGallery: 'गैलरी पर जाएँ',
    itemGone: 'यह तस्वीर अब गैलरी में नहीं है।',
  },

  item: {
    photo: (name: string) => `फ़ोटो ${name}`,
    livePhoto: (name: string) => `लाइव फ़ोटो ${name}`,
    film: (name: string) => `वीडियो ${name}`,
  },

  dates: {
    unknown: 'तारीख़ अज्ञात',
    byName: (date: string) => `${date} (फ़ाइल के नाम से)`,
    byFile: (date: string) => `${date} (फ़ाइल के समय से)`,
    guess: (date: string) => `${date} (अनुमान)`,
  },

  lightbox: {
    label: 'व्यूअर',
    role: 'व्यूअर',
    previous: 'पिछला',
    next: 'अगला',
    downloadOriginal: 'मूल फ़ाइल डाउनलोड करें',
    downloadOf: (name: string) => `${name} डाउनलोड करें`,
    photoFailed: 'यह फ़ोटो लोड नहीं हो सकी।',
    photoUnknown: 'ब्राउज़र इस तरह की फ़ोटो नहीं दिखा सकते।',
    live: 'लाइव',
    playClip: (name: string) => `${name} की क्लिप चलाएँ`,
    clipOf: (name: string) => `${name} की क्लिप`,
    playFilm: (name: string) => `${name} चलाएँ`,
  },

  viewer: {
    photo: (when: string) => `फ़ोटो, ${when}`,
    film: (when: string) => `वीडियो, ${when}`,
    place: (at: number, of: number) => `${number(of)} में से ${number(at)}`,
    zoomed: (percent: number) => `${number(percent)} %। तीर कुंजियाँ तस्वीर को खिसकाती हैं, 0 उसे पूरा दिखाता है।`,
    whole: 'पूरी तस्वीर दिख रही है।',
    fullScreen: 'फ़ुल स्क्रीन',
    leaveFullScreen: 'फ़ुल स्क्रीन से बाहर आएँ',
    filmsForbidden:
      'इस गैलरी के वीडियो चलाने वाली सेवा इस पेज को उन्हें पढ़ने नहीं देती। इसके मालिक अनुमति दे सकते हैं: ' +
      'उस सेवा के ALLOWED_ORIGINS में इस पेज का पता होना चाहिए।',
    notOpened: 'यह नहीं खुल सका। कृपया अपना कनेक्शन जाँचें, या पेज फिर से लोड करें।',
  },

  info: {
    title: 'जानकारी',
    taken: 'कब ली गई',
    inFile: 'यह फ़ाइल में ही लिखा है।',
    byName: 'फ़ाइल के नाम से अनुमान।',
    byFile: 'फ़ाइल के समय से अनुमान।',
    guess: 'अनुमान।',
    camera: 'कैमरा',
    lens: 'लेंस',
    exposure: 'एक्सपोज़र',
    pixels: 'आकार',
    length: 'अवधि',
    bytes: 'फ़ाइल का आकार',
    file: 'फ़ाइल',
    place: 'जगह',
    map: 'OpenStreetMap पर दिखाएँ',
  },

  slideshow: {
    start: 'स्लाइड शो',
    stop: 'स्लाइड शो रोकें',
    each: 'हर तस्वीर का समय',
    seconds: (n: number) => `${number(n)} से॰`,
    shuffled: 'बेतरतीब',
    runs: 'स्लाइड शो चल रहा है। आगे या पीछे जाने से वह रुक जाता है।',
    over: 'स्लाइड शो रुक गया है।',
  },

  share: {
    share: 'शेयर करें',
    copied: 'लिंक कॉपी हो गया।',
    again: 'सब तैयार है। एक बार फिर “शेयर करें” दबाएँ।',
    failed: 'यह शेयर नहीं हो सका। इस पेज का पता ही लिंक है।',
  },

  download: {
    prepare: 'तैयार करें',
    preparing: 'तैयार हो रहा है…',
    size: 'आकार',
    gallery: 'गैलरी',
    originals: 'मूल फ़ाइलें',
    originalsHint: 'फ़ाइलें जैसी आई थीं वैसी ही, पूरी गुणवत्ता में।',
    screen: 'स्क्रीन का आकार',
    screenHint: (pixels: number) => `छोटी फ़ोटो, ज़्यादा से ज़्यादा ${plain(pixels)} पिक्सेल की।`,
    screenHintFilms: (pixels: number) =>
      `छोटी फ़ोटो, ज़्यादा से ज़्यादा ${plain(pixels)} पिक्सेल की। वीडियो जैसे हैं वैसे ही रहेंगे।`,
    files: (n: number) => counted(n, { one: '# फ़ाइल', other: '# फ़ाइलें' }),
    leftOut: (n: number) =>
      counted(n, {
        one: '# आइटम इसमें नहीं है: यह लिंक मूल फ़ाइलें नहीं देता।',
        other: '# आइटम इसमें नहीं हैं: यह लिंक मूल फ़ाइलें नहीं देता।',
      }),
    nothing: 'इसमें ऐसा कुछ नहीं है जिसे डाउनलोड किया जा सके।',
    inParts: (n: number) =>
      counted(n, {
        one: 'फ़ाइलें # भाग में आती हैं।',
        other: 'फ़ाइलें # भागों में आती हैं, जिन्हें एक-एक करके शुरू करना होता है।',
      }),
    part: (n: number, of: number) => `${number(of)} में से भाग ${number(n)}`,
    until: (time: string) =>
      `कितना हो चुका है, यह आपका ब्राउज़र दिखाता है। अधूरा रह गया डाउनलोड ${time} तक आगे बढ़ाया जा सकता है।`,
    downloadSize: (size: string) => `${size} डाउनलोड करें`,
    downloadAgain: 'फिर से डाउनलोड करें',
    handed: 'इसे आपके ब्राउज़र को सौंप दिया गया है।',
    downloadPart: (n: number, of: number) => `${number(of)} में से भाग ${number(n)} डाउनलोड करें`,
    downloadPartAgain: (n: number, of: number) => `${number(of)} में से भाग ${number(n)} फिर से डाउनलोड करें`,
    again: 'फिर से',
    partHanded: (n: number, of: number) => `${number(of)} में से भाग ${number(n)} आपके ब्राउज़र को सौंप दिया गया है।`,
  },

  film: {
    player: 'प्लेयर',
    onTelevision: 'टीवी पर',
    toTelevision: 'टीवी पर चलाएँ',
    volume: 'आवाज़',
    seek: 'वीडियो में जगह',
    position: (at: string, of: string) => `${of} में से ${at}`,
    play: 'चलाएँ',
    pause: 'रोकें',
    soundOn: 'आवाज़ चालू करें',
    mute: 'आवाज़ बंद करें',
    subtitles: 'सबटाइटल',
    pip: 'पिक्चर में पिक्चर',
    fullScreen: 'फ़ुल स्क्रीन',
    leaveFullScreen: 'फ़ुल स्क्रीन से बाहर आएँ',
    quality: 'क्वालिटी',
    speed: 'रफ़्तार',
    sound: 'ऑडियो',
    chapter: 'अध्याय',
    chapterNumber: (n: number) => `अध्याय ${number(n)}`,
    normal: 'सामान्य',
    auto: 'अपने आप',
    autoNow: (quality: string) => `अपने आप (${quality})`,
    off: 'बंद',
    stopped: 'वीडियो का लोड होना रुक गया। कृपया अपना कनेक्शन जाँचें।',
    notLoaded: 'वीडियो लोड नहीं हो सका।',
    notLoadedWhy: (reason: string) => `वीडियो लोड नहीं हो सका (${reason})।`,
    notPlayed: (reason: string) => `यह वीडियो यहाँ नहीं चल सकता (${reason})।`,
    unsupported: 'यह ब्राउज़र इस तरह के वीडियो नहीं चला सकता। मूल फ़ाइल डाउनलोड की जा सकती है।',
    playerNotLoaded: 'प्लेयर लोड नहीं हो सका। कृपया अपना कनेक्शन जाँचें, या पेज को फिर से लोड करें।',
    forbidden:
      'इस गैलरी का स्टोर इस पेज को वीडियो पढ़ने नहीं देता। इसके मालिक अनुमति दे सकते हैं: ' +
      'बकेट के CORS नियमों में इस पेज का पता होना चाहिए।',
  },

  errors: {
    unknown: 'कुछ गड़बड़ हो गई।',
    unreachable: 'गैलरी तक पहुँचा नहीं जा सका। कृपया अपना कनेक्शन जाँचें।',
    answered: (status: string) => `सर्वर ने ${status} जवाब दिया।`,
    notUnderstood: 'सर्वर का जवाब समझ में नहीं आया।',
    notUnderstoodWhy: (reason: string) => `सर्वर का जवाब समझ में नहीं आया: ${reason}`,
    withRequest: (message: string, id: string) => `${message} (अनुरोध ${id})`,
    ofType: {
      'checksums-missing':
        'इनमें से कुछ आइटम अभी एक साथ डाउनलोड नहीं हो सकते। गैलरी के मालिक इसे ठीक कर सकते हैं। तब तक कृपया फ़ाइलें एक-एक ' +
        'करके डाउनलोड करें।',
      'too-much': 'यह एक डाउनलोड के लिए बहुत ज़्यादा है। कृपया एक बार में एक ही एल्बम लें, या कम आइटम चुनें।',
      'nothing-to-download': 'यहाँ ऐसा कुछ नहीं है जिसे इस आकार में डाउनलोड किया जा सके।',
      'not-writable':
        'यहाँ कुछ भी एक साथ डाउनलोड नहीं हो सकता, क्योंकि गैलरी को अपने स्टोर में लिखने की अनुमति नहीं है। गैलरी के मालिक ' +
        'इसे ठीक कर सकते हैं।',
    },
    ofStatus: {
      400: 'गैलरी अनुरोध को समझ नहीं पाई।',
      401: 'कृपया पासवर्ड डालें।',
      403: 'यहाँ इसकी अनुमति नहीं है।',
      404: 'यह गैलरी में नहीं है।',
      410: 'यह अब गैलरी में नहीं है।',
      413: 'यह बहुत बड़ा है।',
      429: 'बहुत ज़्यादा अनुरोध आए। कृपया थोड़ी देर रुकें।',
      500: 'गैलरी में कुछ गड़बड़ हो गई।',
      502: 'गैलरी का स्टोर ठीक से जवाब नहीं दे रहा है। कृपया बाद में फिर से कोशिश करें।',
      503: 'गैलरी अभी व्यस्त है। कृपया थोड़ी देर में फिर से कोशिश करें।',
      504: 'गैलरी को जवाब देने में बहुत देर लगी। कृपया फिर से कोशिश करें।',
    },
  },

  cover: {
    label: 'मुखपृष्ठ',
    open: 'मुखपृष्ठ की तस्वीर खोलें',
  },

  elsewhere: {
    unreachable:
      'गैलरी तक पहुँचा नहीं जा सका। कृपया अपना कनेक्शन जाँचें। यदि ऐसा ही रहे, तो गैलरी इस पेज का पता नहीं जानती: ' +
      'गैलरी चलाने वाले यह पता ALLOWED_ORIGINS में जोड़ सकते हैं।',
    noCookie:
      'आपके ब्राउज़र ने साइन-इन की कुकी नहीं रखी। इस पेज और गैलरी के पते अलग हैं, और ब्राउज़र कुकी तभी रखते हैं जब दोनों ' +
      'एक ही साइट के हों, जैसे photos.example.com और api.example.com। कृपया गैलरी चलाने वाले को बताएँ।',
    config: (name) => `यह पेज तैयार नहीं है: ${name} पढ़ा नहीं जा सका।`,
  },

  nothing: {
    title: 'यहाँ कुछ नहीं है',
    text: 'इस पते पर गैलरी का कोई पेज नहीं है। हो सकता है कि लिंक अधूरा या पुराना हो।',
  },
};
