//! Enums that can be listed.

/// Declares an enum without data, with `ALL` of its variants: a list that is written beside an enum
/// misses the next variant, and nothing says so.
#[macro_export]
macro_rules! enumerated {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$of_variant:meta])* $variant:ident),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$of_variant])* $variant),+
        }

        impl $name {
            /// Every one, in the order of the declaration.
            $visibility const ALL: [Self; [$(stringify!($variant)),+].len()] =
                [$(Self::$variant),+];
        }
    };
}
pub use enumerated;
