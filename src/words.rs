//! Closed lists: words that the service knows, as they are stored and sent.

/// One word of a closed list.
pub trait Word: Copy + 'static {
    /// Every word of the list, in the order in which it is documented.
    const ALL: &'static [Self];

    /// The word as it is stored and sent.
    fn code(self) -> &'static str;

    /// The word that is stored or sent so.
    fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.code() == code)
    }
}

/// Makes an enum of a closed list; the words are the names in snake_case.
macro_rules! words {
    ($(#[$about:meta])* $vis:vis $name:ident { $($(#[$doc:meta])* $word:ident = $code:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        $vis enum $name {
            $($(#[$doc])* $word,)+
        }
        $crate::words::word_list!($name { $($word = $code,)+ });
    };
}

/// Makes a closed list of an enum.
macro_rules! word_list {
    ($name:ident { $($word:ident = $code:literal,)+ }) => {
        impl $crate::words::Word for $name {
            const ALL: &'static [Self] = &[$($name::$word,)+];

            fn code(self) -> &'static str {
                match self {
                    $($name::$word => $code,)+
                }
            }
        }
    };
}

pub(crate) use {word_list, words};

/// Fails unless every word is sent as it is stored, and read back.
#[cfg(test)]
pub(crate) fn check<W: Word + serde::Serialize + PartialEq + std::fmt::Debug>() {
    for word in W::ALL {
        assert_eq!(W::find(word.code()), Some(*word));
        assert_eq!(serde_json::to_value(word).unwrap(), word.code());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    words! {
        /// A sample.
        Sample {
            /// One.
            HalfYearly = "half_yearly",
            /// Another.
            Yearly = "yearly",
        }
    }

    #[test]
    fn a_word_is_read_back_as_it_is_written() {
        check::<Sample>();
        assert_eq!(Sample::find("weekly"), None);
    }
}
