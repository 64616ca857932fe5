//! Objects that are at hand, answered at once.
//!
//! The library makes a future, a task and two allocations of each field. For a page of cases with their steps that is
//! seven hundred of them, and took longer than reading the page. An object all of whose fields that were asked for are at
//! hand writes its answer directly; when one of them is not, the whole object goes the library's way.

use app::Contesto;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value, Variables};
use std::borrow::Cow;
use std::collections::HashMap;

/// An object that can answer at once.
pub(crate) trait AtHand {
    /// Its type's name in the schema.
    const TYPE: &'static str;

    /// A field's value; none when it must be found the library's way.
    fn field(&self, request: &Asked<'_>, field: &Field) -> Option<Value>;
}

/// What a field may need to know of its request.
pub(crate) struct Asked<'a> {
    pub(crate) contesto: &'a Contesto,
    variables: &'a Variables,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
}

impl<'a> Asked<'a> {
    fn of(ctx: &ContextSelectionSet<'a>) -> Option<Self> {
        let contesto = ctx.data_opt::<Contesto>()?;
        Some(Self { contesto, variables: &ctx.query_env.variables, fragments: &ctx.query_env.fragments })
    }

    /// The fields of an object that a field asks for.
    pub(crate) fn object<T: AtHand>(&self, field: &Field, object: &T) -> Option<Value> {
        self.selection(&field.selection_set.node, object)
    }

    /// The same of an object that may be missing.
    pub(crate) fn option<T: AtHand>(&self, field: &Field, object: Option<&T>) -> Option<Value> {
        object.map_or(Some(Value::Null), |object| self.object(field, object))
    }

    /// The same of several.
    pub(crate) fn list<T: AtHand>(&self, field: &Field, objects: &[T]) -> Option<Value> {
        objects.iter().map(|object| self.object(field, object)).collect::<Option<Vec<_>>>().map(Value::List)
    }

    /// A number given as an argument, or what stands for it.
    pub(crate) fn number(&self, field: &Field, argument: &str, without: i64) -> Option<i64> {
        let Some((_, value)) = field.arguments.iter().find(|(name, _)| name.node == argument) else {
            return Some(without);
        };
        let value = value.node.clone().into_const_with(|name| self.variables.get(&name).cloned().ok_or(())).ok()?;
        match value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    fn selection<T: AtHand>(&self, set: &SelectionSet, object: &T) -> Option<Value> {
        let mut fields = IndexMap::with_capacity(set.items.len());
        self.collect(set, object, &mut fields)?;
        Some(Value::Object(fields))
    }

    fn collect<T: AtHand>(&self, set: &SelectionSet, object: &T, fields: &mut IndexMap<Name, Value>) -> Option<()> {
        for item in &set.items {
            // `skip` and `include` were carried out before; the schema knows no others.
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let value = match field.name.node.as_str() {
                        "__typename" => Value::from(T::TYPE),
                        _ => object.field(self, field)?,
                    };
                    // The same name twice: parts of one object must be put together.
                    if fields.insert(field.response_key().node.clone(), value).is_some() {
                        return None;
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let other = fragment.type_condition.as_ref().is_some_and(|on| on.node.on.node != T::TYPE);
                    if other {
                        return None;
                    }
                    self.collect(&fragment.selection_set.node, object, fields)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.fragments.get(&spread.node.fragment_name.node)?.node;
                    if fragment.type_condition.node.on.node != T::TYPE {
                        return None;
                    }
                    self.collect(&fragment.selection_set.node, object, fields)?;
                }
            }
        }
        Some(())
    }
}

/// An object that answers at once when it can. In the schema it is the object itself.
pub(crate) struct AtOnce<T>(pub(crate) T);

impl<T: AtHand + OutputType> OutputType for AtOnce<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match Asked::of(ctx).and_then(|asked| asked.selection(&ctx.item.node, &self.0)) {
            Some(value) => Ok(value),
            None => self.0.resolve(ctx, field).await,
        }
    }
}
