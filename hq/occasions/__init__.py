"""What HQ gives members outside baskets: welcome, birthday, activities; each once for its occasion."""
