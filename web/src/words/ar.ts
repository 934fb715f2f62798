/**
 * The page's words in Arabic. It has six forms for numbers. One and two are in the noun itself, so that no digit is
 * said with them.
 */
import type { Words } from './en.ts';
import { counted, number, plain, type Forms } from './locale.ts';

const six = (n: number, forms: Required<Forms>) => counted(n, forms);

const daysLong = (n: number) =>
  six(n, { zero: '# يوم', one: 'يومًا واحدًا', two: 'يومين', few: '# أيام', many: '# يومًا', other: '# يوم' });
const signedOut = (days: number) =>
  `انتهى تسجيل الدخول: يدوم ${daysLong(days)}، ويستطيع صاحب المعرض إنهاءه قبل ذلك.`;

export const ar: Words = {
  page: {
    loading: 'جارٍ التحميل',
    language: 'اللغة',
    tryAgain: 'إعادة المحاولة',
    close: 'إغلاق',
    cancel: 'إلغاء',
    download: 'تنزيل',
    settings: 'الإعدادات',
    request: 'الطلب',
    comma: '، ',
  },

  login: {
    lead: 'هذا المعرض خاص. يُرجى إدخال كلمة المرور التي وصلتك.',
    password: 'كلمة المرور',
    show: 'إظهار كلمة المرور',
    hide: 'إخفاء كلمة المرور',
    enter: 'فتح المعرض',
    stay: (days: number) => `يبقى تسجيل الدخول على هذا الجهاز ${daysLong(days)}.`,
    empty: 'يُرجى إدخال كلمة المرور.',
    wrong: 'كلمة المرور غير صحيحة. يُرجى المحاولة مرة أخرى.',
    linkEnded: 'انتهت صلاحية هذا الرابط أو أنه غير مكتمل. يُرجى طلب رابط جديد.',
    wait: (seconds: number) =>
      six(seconds, {
        zero: 'محاولات كثيرة جدًا. يُرجى الانتظار # ثانية.',
        one: 'محاولات كثيرة جدًا. يُرجى الانتظار ثانية واحدة.',
        two: 'محاولات كثيرة جدًا. يُرجى الانتظار ثانيتين.',
        few: 'محاولات كثيرة جدًا. يُرجى الانتظار # ثوانٍ.',
        many: 'محاولات كثيرة جدًا. يُرجى الانتظار # ثانية.',
        other: 'محاولات كثيرة جدًا. يُرجى الانتظار # ثانية.',
      }),
    expired: (days: number) => `${signedOut(days)} يُرجى إدخال كلمة المرور مرة أخرى.`,
    expiredLink: (days: number) => `${signedOut(days)} يُرجى إدخال كلمة المرور مرة أخرى، أو فتح الرابط مرة أخرى.`,
    noCookie:
      'لم يحتفظ المتصفح بملف تعريف الارتباط الخاص بتسجيل الدخول. ' +
      'يُرجى السماح بملفات تعريف الارتباط لهذه الصفحة ثم المحاولة مرة أخرى.',
    noCookieLink:
      'لم يحتفظ المتصفح بملف تعريف الارتباط الخاص بتسجيل الدخول. ' +
      'يُرجى السماح بملفات تعريف الارتباط لهذه الصفحة ثم فتح الرابط مرة أخرى.',
  },

  header: {
    show: 'عرض',
    all: 'الكل',
    photos: 'الصور',
    films: 'الفيديو',
    favourites: 'المفضلة',
    albums: 'الألبومات',
    logout: 'تسجيل الخروج',
    logoutFailed: 'تعذّر تسجيل الخروج.',
    downloadNotOpened: 'تعذّر فتح التنزيل. يُرجى التحقق من الاتصال وإعادة تحميل الصفحة.',
  },

  select: {
    label: 'التحديد',
    start: 'تحديد',
    day: (day: string) => `تحديد ${day}`,
    count: (n: number) => counted(n, { zero: 'لم يُحدَّد شيء', one: 'عنصر محدد واحد', two: 'عنصران محددان', few: '# عناصر محددة', many: '# عنصرًا محددًا', other: '# عنصر محدد' }),
    selected: 'محدد',
    favourite: 'مفضل',
    clear: 'إنهاء التحديد',
    download: 'تنزيل المحدد',
    share: 'مشاركة المحدد',
    like: 'إضافة إلى المفضلة',
    unlike: 'إزالة من المفضلة',
    failed: 'تعذر تحديد كل شيء. يرجى التحقق من الاتصال.',
    most: (n: number) => `الحد الأقصى للتحديد ${counted(n, { zero: '# عنصر', one: 'عنصر واحد', two: 'عنصران', few: '# عناصر', many: '# عنصرًا', other: '# عنصر' })}.`,
  },

  favourites: {
    none: 'لا توجد مفضلة بعد',
    how: 'حدد الصور ثم اضغط على القلب.',
    stay: 'تُحفظ المفضلة في هذا المتصفح. تنساها بعض المتصفحات بعد أسبوع دون زيارة، أما الرابط المنسوخ فيحفظها.',
    share: 'نسخ الرابط',
    copied: 'تم نسخ الرابط. يعرض هذه المفضلة لكل من يمكنه رؤية المعرض.',
    shared: 'هذه مفضلة من رابط.',
    keep: 'الاحتفاظ بها كمفضلتي',
    kept: 'أُضيفت إلى مفضلتك.',
    lost: (n: number) => counted(n, { zero: 'لا شيء مفقود من المعرض.', one: 'لم يعد عنصر واحد في المعرض.', two: 'لم يعد عنصران في المعرض.', few: 'لم تعد # عناصر في المعرض.', many: 'لم يعد # عنصرًا في المعرض.', other: 'لم يعد # عنصر في المعرض.' }),
  },

  scrubber: 'الزمن',

  grid: {
    label: 'الصور ومقاطع الفيديو',
    undated: 'بلا تاريخ',
    news: 'هناك جديد',
    tryingAgain: (reason: string) => `${reason} تجري إعادة المحاولة.`,
    noPhotos: 'لا توجد صور بعد',
    noFilms: 'لا توجد مقاطع فيديو بعد',
    nothing: 'لا توجد صور أو مقاطع فيديو بعد',
    appear: 'ستظهر هنا فور إضافتها.',
    photos: (n: number) =>
      six(n, { zero: 'لا صور', one: 'صورة واحدة', two: 'صورتان', few: '# صور', many: '# صورة', other: '# صورة' }),
    films: (n: number) =>
      six(n, {
        zero: 'لا مقاطع فيديو',
        one: 'مقطع فيديو واحد',
        two: 'مقطعا فيديو',
        few: '# مقاطع فيديو',
        many: '# مقطع فيديو',
        other: '# مقطع فيديو',
      }),
    items: (n: number) =>
      six(n, {
        zero: 'لا عناصر',
        one: 'عنصر واحد',
        two: 'عنصران',
        few: '# عناصر',
        many: '# عنصرًا',
        other: '# عنصر',
      }),
    toGallery: 'إلى المعرض',
    itemGone: 'لم تعد هذه الصورة في المعرض.',
  },

  item: {
    photo: (name: string) => `صورة ${name}`,
    livePhoto: (name: string) => `صورة حية ${name}`,
    film: (name: string) => `فيديو ${name}`,
  },

  dates: {
    unknown: 'التاريخ غير معروف',
    byName: (date: string) => `${date} (من اسم الملف)`,
    byFile: (date: string) => `${date} (من وقت الملف)`,
    guess: (date: string) => `${date} (تقدير)`,
  },

  lightbox: {
    label: 'العارض',
    role: 'عارض',
    previous: 'السابق',
    next: 'التالي',
    downloadOriginal: 'تنزيل الملف الأصلي',
    downloadOf: (name: string) => `تنزيل ${name}`,
    photoFailed: 'تعذّر تحميل هذه الصورة.',
    photoUnknown: 'لا تستطيع المتصفحات عرض هذا النوع من الصور.',
    live: 'حية',
    playClip: (name: string) => `تشغيل مقطع ${name}`,
    clipOf: (name: string) => `مقطع ${name}`,
    playFilm: (name: string) => `تشغيل ${name}`,
  },

  viewer: {
    photo: (when: string) => `صورة، ${when}`,
    film: (when: string) => `فيديو، ${when}`,
    place: (at: number, of: number) => `${number(at)} من ${number(of)}`,
    zoomed: (percent: number) => `${number(percent)} %. تحرّك مفاتيح الأسهم الصورة، ويعرضها 0 كاملة.`,
    whole: 'تظهر الصورة كاملة.',
    fullScreen: 'ملء الشاشة',
    leaveFullScreen: 'الخروج من ملء الشاشة',
    filmsForbidden:
      'لا تسمح الخدمة التي تشغّل فيديوهات هذا المعرض لهذه الصفحة بقراءتها. يستطيع صاحبها السماح بذلك: ' +
      'يجب أن يذكر ALLOWED_ORIGINS لتلك الخدمة عنوان هذه الصفحة.',
    notOpened: 'تعذّر الفتح. يرجى التحقق من الاتصال أو إعادة تحميل الصفحة.',
  },

  info: {
    title: 'معلومات',
    taken: 'تاريخ الالتقاط',
    inFile: 'هذا مذكور في الملف نفسه.',
    byName: 'تقدير من اسم الملف.',
    byFile: 'تقدير من وقت الملف.',
    guess: 'تقدير.',
    camera: 'الكاميرا',
    lens: 'العدسة',
    exposure: 'التعريض',
    pixels: 'الأبعاد',
    length: 'المدة',
    bytes: 'حجم الملف',
    file: 'الملف',
    place: 'المكان',
    map: 'عرض على OpenStreetMap',
  },

  slideshow: {
    start: 'عرض الشرائح',
    stop: 'إيقاف عرض الشرائح',
    each: 'مدة كل صورة',
    seconds: (n: number) => `${number(n)} ث`,
    shuffled: 'عشوائي',
    runs: 'عرض الشرائح يعمل. يتوقف عند الانتقال إلى صورة أخرى.',
    over: 'توقف عرض الشرائح.',
  },

  share: {
    share: 'مشاركة',
    copied: 'تم نسخ الرابط.',
    again: 'كل شيء جاهز. اضغط «مشاركة» مرة أخرى.',
    failed: 'تعذّرت المشاركة. عنوان هذه الصفحة هو الرابط.',
  },

  download: {
    prepare: 'تحضير',
    preparing: 'جارٍ التحضير…',
    size: 'الحجم',
    gallery: 'المعرض',
    originals: 'الملفات الأصلية',
    originalsHint: 'الملفات كما وصلت، بكامل جودتها.',
    screen: 'حجم الشاشة',
    screenHint: (pixels: number) => `صور أصغر، بحد أقصى ${plain(pixels)} بكسل.`,
    screenHintFilms: (pixels: number) => `صور أصغر، بحد أقصى ${plain(pixels)} بكسل. تبقى مقاطع الفيديو كما هي.`,
    files: (n: number) =>
      six(n, { zero: 'لا ملفات', one: 'ملف واحد', two: 'ملفان', few: '# ملفات', many: '# ملفًا', other: '# ملف' }),
    leftOut: (n: number) =>
      six(n, {
        zero: 'لم يُترك أي عنصر.',
        one: 'تُرك عنصر واحد: هذا الرابط لا يتيح الملفات الأصلية.',
        two: 'تُرك عنصران: هذا الرابط لا يتيح الملفات الأصلية.',
        few: 'تُركت # عناصر: هذا الرابط لا يتيح الملفات الأصلية.',
        many: 'تُرك # عنصرًا: هذا الرابط لا يتيح الملفات الأصلية.',
        other: 'تُرك # عنصر: هذا الرابط لا يتيح الملفات الأصلية.',
      }),
    nothing: 'لا يوجد هنا ما يمكن تنزيله.',
    inParts: (n: number) =>
      six(n, {
        zero: 'لا توجد أجزاء.',
        one: 'تأتي الملفات في جزء واحد.',
        two: 'تأتي الملفات في جزأين، يُبدأ تنزيل كل منهما على حدة.',
        few: 'تأتي الملفات في # أجزاء، يُبدأ تنزيل كل منها على حدة.',
        many: 'تأتي الملفات في # جزءًا، يُبدأ تنزيل كل منها على حدة.',
        other: 'تأتي الملفات في # جزء، يُبدأ تنزيل كل منها على حدة.',
      }),
    part: (n: number, of: number) => `الجزء ${number(n)} من ${number(of)}`,
    until: (time: string) => `يُظهر المتصفح مدى تقدّم التنزيل. ما انقطع منه يمكن متابعته حتى ${time}.`,
    downloadSize: (size: string) => `تنزيل ${size}`,
    downloadAgain: 'التنزيل مرة أخرى',
    handed: 'تسلّم المتصفح التنزيل.',
    downloadPart: (n: number, of: number) => `تنزيل الجزء ${number(n)} من ${number(of)}`,
    downloadPartAgain: (n: number, of: number) => `تنزيل الجزء ${number(n)} من ${number(of)} مرة أخرى`,
    again: 'مرة أخرى',
    partHanded: (n: number, of: number) => `تسلّم المتصفح الجزء ${number(n)} من ${number(of)}.`,
  },

  film: {
    player: 'المشغّل',
    onTelevision: 'على التلفاز',
    toTelevision: 'إلى التلفاز',
    volume: 'مستوى الصوت',
    seek: 'الموضع في الفيديو',
    position: (at: string, of: string) => `${at} من ${of}`,
    play: 'تشغيل',
    pause: 'إيقاف مؤقت',
    soundOn: 'تشغيل الصوت',
    mute: 'كتم الصوت',
    subtitles: 'الترجمة',
    pip: 'صورة داخل صورة',
    fullScreen: 'ملء الشاشة',
    leaveFullScreen: 'الخروج من ملء الشاشة',
    quality: 'الجودة',
    speed: 'السرعة',
    sound: 'الصوت',
    chapter: 'الفصل',
    chapterNumber: (n: number) => `الفصل ${number(n)}`,
    normal: 'عادية',
    auto: 'تلقائي',
    autoNow: (quality: string) => `تلقائي (${quality})`,
    off: 'متوقفة',
    stopped: 'توقّف تحميل الفيديو. يُرجى التحقق من الاتصال.',
    notLoaded: 'تعذّر تحميل الفيديو.',
    notLoadedWhy: (reason: string) => `تعذّر تحميل الفيديو (${reason}).`,
    notPlayed: (reason: string) => `لا يمكن تشغيل هذا الفيديو هنا (${reason}).`,
    unsupported: 'لا يستطيع هذا المتصفح تشغيل هذا النوع من الفيديو. يمكن تنزيل الملف الأصلي.',
    playerNotLoaded: 'تعذّر تحميل المشغّل. يُرجى التحقق من الاتصال أو إعادة تحميل الصفحة.',
    forbidden:
      'لا يسمح مخزن هذا المعرض لهذه الصفحة بقراءة الفيديو. يستطيع صاحبه السماح بذلك: ' +
      'يجب أن تذكر قواعد CORS للحاوية عنوان هذه الصفحة.',
  },

  errors: {
    unknown: 'حدث خطأ ما.',
    unreachable: 'تعذّر الوصول إلى المعرض. يُرجى التحقق من الاتصال.',
    answered: (status: string) => `أجاب الخادم بالرمز ${status}.`,
    notUnderstood: 'تعذّر فهم إجابة الخادم.',
    notUnderstoodWhy: (reason: string) => `تعذّر فهم إجابة الخادم: ${reason}.`,
    withRequest: (message: string, id: string) => `${message} (الطلب ${id})`,
    ofType: {
      'checksums-missing':
        'لا يمكن حاليًا تنزيل بعض هذه العناصر معًا. يستطيع صاحب المعرض تغيير ذلك. وحتى ذلك الحين، يُرجى تنزيل الملفات ' +
        'كل ملف على حدة.',
      'too-much': 'هذا كثير على تنزيل واحد. يُرجى تنزيل كل ألبوم على حدة، أو تحديد عناصر أقل.',
      'nothing-to-download': 'لا يوجد هنا ما يمكن تنزيله بهذا الحجم.',
      'not-writable':
        'لا يمكن هنا تنزيل عدة ملفات معًا، لأن المعرض لا يُسمح له بالكتابة في مخزنه. يستطيع صاحب المعرض تغيير ذلك.',
    },
    ofStatus: {
      400: 'لم يفهم المعرض الطلب.',
      401: 'يُرجى إدخال كلمة المرور.',
      403: 'هذا غير مسموح هنا.',
      404: 'هذا ليس في المعرض.',
      410: 'لم يعد هذا في المعرض.',
      413: 'هذا كبير جدًا.',
      429: 'طلبات كثيرة جدًا. يُرجى الانتظار لحظة.',
      500: 'حدث خطأ في المعرض.',
      502: 'لا يجيب مخزن المعرض كما ينبغي. يُرجى المحاولة لاحقًا.',
      503: 'المعرض مشغول. يُرجى المحاولة بعد لحظات.',
      504: 'استغرق المعرض وقتًا طويلًا للإجابة. يُرجى المحاولة مرة أخرى.',
    },
  },

  cover: {
    label: 'الغلاف',
    open: 'فتح صورة الغلاف',
  },

  elsewhere: {
    unreachable:
      'تعذّر الوصول إلى المعرض. يُرجى التحقق من الاتصال. إن استمر ذلك فالمعرض لا يعرف عنوان هذه الصفحة: يمكن لمن يديره ' +
      'أن يضيف العنوان إلى ALLOWED_ORIGINS.',
    noCookie:
      'لم يحتفظ متصفحك بملف تعريف الارتباط الذي يسجّل دخولك. لهذه الصفحة وللمعرض عنوانان مختلفان، ولا تحتفظ المتصفحات به ' +
      'إلا إذا كانا من موقع واحد، مثل photos.example.com وapi.example.com. يُرجى إخبار من يدير المعرض.',
    config: (name) => `لم تُعدّ الصفحة بعد: تعذّرت قراءة ${name}.`,
  },

  nothing: {
    title: 'لا يوجد شيء هنا',
    text: 'لا توجد صفحة من المعرض في هذا العنوان. ربما كان الرابط غير مكتمل أو قديمًا.',
  },
};
