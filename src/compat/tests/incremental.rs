//! Judging again only what a difference can touch gives what judging everything gives.

use super::shop;
use crate::compat::Compat;
use crate::django::models::Models;
use crate::schema::test_support::{POSTGRESQL, run};

#[test]
fn the_affected_models_are_all_that_change() {
    let deployed = shop("('author', models.ForeignKey('shop.Author', CASCADE))")
        + "CreateModel('Review', [('id', models.BigAutoField(primary_key=True)), ('book', models.ForeignKey('shop.Book', CASCADE))]),
           CreateModel('Tag', [('id', models.BigAutoField(primary_key=True)), ('books', models.ManyToManyField('shop.Book'))]),
           CreateModel('Ebook', [('book_ptr', models.OneToOneField(primary_key=True, parent_link=True, on_delete=CASCADE, to='shop.book'))],
               bases=('shop.book',)),
           CreateModel('Shelf', [('id', models.BigAutoField(primary_key=True)), ('ebook', models.ForeignKey('shop.Ebook', SET_NULL, null=True))],
               options={'ordering': ['ebook__title']}),
           CreateModel('Island', [('id', models.BigAutoField(primary_key=True))]),";
    for new in [
        "RemoveField('book', 'title')",
        "DeleteModel('Review')",
        "RenameModel('Author', 'Writer')",
        "RemoveField('tag', 'books')",
        "AddField('author', 'rank', models.IntegerField(default=0))",
        "CreateModel('Note', [('id', models.BigAutoField(primary_key=True)), ('author', models.ForeignKey('shop.Author', CASCADE))])",
        "RunSQL('DROP TABLE shop_ebook')",
    ] {
        let change = run(&deployed, new, POSTGRESQL);
        let models = Models::render(&change.state_before);
        let compat = Compat::new(&models);
        let (before, after) = (&change.schema_before, &change.schema_after);
        let tables = before.difference(after);
        let mut affected = compat.affected(tables.iter().copied(), after);
        affected.extend(compat.affected(tables.iter().copied(), before));
        let untouched = |breaks: Vec<crate::compat::Break>| -> Vec<_> {
            let labels: Vec<_> = affected.iter().filter_map(|key| models.get(key)).map(|model| model.label.clone()).collect();
            breaks.into_iter().filter(|it| !labels.contains(&it.model)).collect()
        };
        assert_eq!(untouched(compat.all(before)), untouched(compat.all(after)), "{new} changes what is not among {affected:?}");
        assert!(!affected.iter().any(|key| &*key.name == "island"), "{new} does not touch a model without relations");
    }
}
