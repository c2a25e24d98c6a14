//! Tests of what is said in which language.

use super::*;

fn catalogue() -> Catalogue {
    let sentences = [
        ("Score: {}/{}", "得分：{}/{}"),
        (
            "Not so: {} ({} of {} steps are right).",
            "不成立：{}（{}/{} 步正确）。",
        ),
        ("It said {}.", "它说{}。"),
        ("a page is there", "页在那里"),
        ("it did not end; {}", "它没有结束；{}"),
        ("- {}", "- {}"),
    ];
    let sentences = sentences.map(|(english, other)| (english.to_owned(), other.to_owned()));
    Catalogue::new(sentences.into()).expect("short sentences")
}

#[test]
fn what_varies_is_put_in_its_place_and_translated_too() {
    let catalogue = catalogue();
    assert_eq!(
        catalogue.report("   Not so: a page is there (2 of 3 steps are right).\nScore: 5/100\n"),
        "   不成立：页在那里（2/3 步正确）。\n得分：5/100\n"
    );
    assert_eq!(
        catalogue.report("  - a page is there: Some((1, a: 2))"),
        "  - 页在那里：Some((1, a: 2))"
    );
    assert_eq!(
        catalogue.report("  - it did not end; a page is there"),
        "  - 它没有结束；页在那里"
    );
}

#[test]
fn what_is_not_known_and_what_a_guest_says_stays_as_it_is() {
    let catalogue = catalogue();
    for text in [
        "ok   5/5  fork 4.1\n",
        "\n\n",
        "   | Score: 100/100\n",
        "Score: 100\n",
        "",
    ] {
        assert_eq!(catalogue.report(text), text);
    }
    let english = Catalogue::load(Path::new("/nonexistent"), Language::En).expect("nothing");
    let text = "Score: 5/100\n- x\n";
    assert_eq!(english.report(text), text);
}

#[test]
fn a_tree_says_its_language_and_speaks_english_if_it_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(Language::of_tree(folder.path()), Language::En);
    fs::create_dir(folder.path().join("docs")).expect("a folder");
    for (word, language) in [
        (Language::Zh.word(), Language::Zh),
        (Language::En.word(), Language::En),
        ("tlh\n", Language::En),
    ] {
        fs::write(folder.path().join(FILE), word).expect("a file");
        assert_eq!(Language::of_tree(folder.path()), language);
    }
}
