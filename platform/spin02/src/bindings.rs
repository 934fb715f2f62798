//! What a component imports of Spin beside WASI: the part of `fermyon:spin@2.0.0` that the gallery calls. The
//! interfaces are those of <https://github.com/spinframework/spin/tree/main/wit/deps/spin@2.0.0>.

wit_bindgen::generate!({
    inline: "
        package edge-gallery:spin02;

        world imports {
            import fermyon:spin/variables@2.0.0;
            import fermyon:spin/key-value@2.0.0;
        }

        package fermyon:spin@2.0.0 {
            interface variables {
                variant error {
                    invalid-name(string),
                    undefined(string),
                    provider(string),
                    other(string),
                }

                get: func(name: string) -> result<string, error>;
            }

            interface key-value {
                variant error {
                    store-table-full,
                    no-such-store,
                    access-denied,
                    other(string),
                }

                resource store {
                    open: static func(label: string) -> result<store, error>;
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                }
            }
        }
    ",
    generate_all,
});

pub use fermyon::spin::{key_value, variables};
